import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { formatOf } from '@/lib/connectors/formats';
import { madeId } from '@/lib/connectors/record-id-model';

const line = (file: string): Record<string, unknown> =>
  JSON.parse(fs.readFileSync(path.join(import.meta.dirname, file), 'utf8').split('\n', 1)[0]!);

test.each([
  ['aws', 'aws/fixtures/credentials.ndjson', 'eventID'],
  ['okta', 'okta/fixtures/system-log.ndjson', 'uuid'],
  ['github', 'github/fixtures/audit.ndjson', '_document_id'],
  ['google', 'google/fixtures/audit.ndjson', 'insertId'],
])('%s: a record without an id has one of what it says, the same each time', (name, file, id) => {
  const idOf = (record: unknown) => {
    const read = formatOf(name)!.normalise(record);
    return read.kind === 'event' ? read.event.eventId : read;
  };
  const record = line(file);
  const bare = { ...record, [id]: undefined };
  expect(idOf(record)).not.toMatch(/^made /);
  expect(idOf(bare)).toMatch(/^made [0-9a-f]{32}/);
  expect(idOf(structuredClone(bare))).toBe(idOf(bare));
  expect(idOf({ ...bare, more: 1 })).not.toBe(idOf(bare));
});

test('what can not be written as JSON has none', () => {
  const loop: Record<string, unknown> = {};
  loop.itself = loop;
  expect(madeId(loop)).toBeNull();
});
