import fs from 'node:fs';
import path from 'node:path';
import { normaliseSuite } from '@/lib/connectors/normalise-test';
import { okta } from '@/lib/connectors/okta/format';

const lines = fs
  .readFileSync(path.join(import.meta.dirname, 'fixtures/system-log.ndjson'), 'utf8')
  .trimEnd()
  .split('\n');
const part = (from: number, to: number) =>
  lines.slice(from, to).map((line) => JSON.parse(line) as Record<string, unknown>);
const lowered = (record: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]));
const stream = (detail: unknown, n: number) => ({ version: '0', id: `e${n}`, 'detail-type': 'SystemLog', detail });

normaliseSuite({
  format: okta,
  fixtures: {
    'an event a line': `${lines.slice(0, 6).join('\n')}\n`,
    'an array, as the API answers': JSON.stringify(part(6, 10), null, 2),
    EventBridge: part(10, 14)
      .map((record, n) => JSON.stringify(stream(record, n)))
      .join('\n'),
    'names in lower case': part(14, 40)
      .map((record) => JSON.stringify(lowered(record)))
      .join('\n'),
  },
  others: { cloudtrail: '{"Records":[{"eventSource":"s3.amazonaws.com","eventName":"GetObject"}]}' },
});
