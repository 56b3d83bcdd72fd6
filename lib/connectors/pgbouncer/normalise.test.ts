import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalise, sniff } from '@/lib/connectors/pgbouncer/normalise';
import { sessionEventSchema } from '@/lib/sessions/model';
import { zonedMs, zoneMinutes } from '@/lib/sessions/time-model';

const text = fs.readFileSync(path.join(import.meta.dirname, 'fixtures/client.log'), 'utf8');
const lines = text.trimEnd().split('\n');

test('logins open and closes end; servers and statistics are no session facts', () => {
  expect(
    lines.map((line) => normalise(line)).map((read) => (read.kind === 'event' ? read.event.session?.phase : read.kind)),
  ).toEqual(['open', 'skipped', 'open', 'close', 'open', 'close', 'skipped', 'open', 'close']);
});

test('a login says who, from where and when', () => {
  const read = normalise(lines[0]);
  expect(read.kind === 'event' && read.event).toMatchObject({
    at: '2024-03-02T09:00:00.100Z',
    identity: { issuer: 'pgbouncer', externalId: 'orders_api', kind: 'service_account' },
    session: { key: 'C-0x55d0c0de1000 orders/orders_api@10.1.0.11:41001', label: 'orders · 10.1.0.11' },
    credential: { externalId: 'login:orders_api' },
    network: '10.1.0.11',
  });
});

test('the pointer alone is no key: the same one for another role is another session', () => {
  const keys = [lines[0], lines[4]].map((line) => {
    const read = normalise(line);
    return read.kind === 'event' && read.event.session?.key;
  });
  expect(new Set(keys).size).toBe(2);
});

test('a local socket has no address', () => {
  const read = normalise(lines[7]);
  expect(read.kind === 'event' && [read.event.network, read.event.session?.label]).toEqual([
    null,
    'orders · local socket',
  ]);
});

test('zone names come from a table', () => {
  expect(['CET', 'cest', 'UTC', 'IST', '-03:30', '+0530', '+01', 'XYZ', '+99'].map(zoneMinutes)).toEqual([
    60,
    120,
    0,
    120,
    -210,
    330,
    60,
    null,
    null,
  ]);
  expect(zonedMs('2024-03-02', '10:00:00.100', 'CET')).toBe(Date.UTC(2024, 2, 2, 9, 0, 0, 100));
  const unknown = normalise(lines[0]!.replace(' CET ', ' QQQ '));
  expect(unknown).toEqual({ kind: 'rejected', reason: expect.stringContaining('QQQ') });
});

test('a date that is none, a cut line and another log are refused with a reason', () => {
  for (const line of [lines[0]!.replace('03-02', '13-41'), lines[0]!.slice(0, 30), 'hello', '', 5, null]) {
    expect(normalise(line)).toEqual({ kind: 'rejected', reason: expect.stringMatching(/\w/) });
  }
});

test('its files are recognised, others are not', () => {
  expect(sniff(text)).toBe(true);
  expect(sniff('{"Records":[]}')).toBe(false);
  expect(sniff('2024-03-02 10:00:00.100 CET [501] LOG:  connection authorized: user=x')).toBe(false);
});

test('whatever a line has become, it is an event, skipped or refused', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...lines),
      fc.nat(200),
      fc.nat(30),
      fc.string({ unit: 'binary', maxLength: 20 }),
      (line, at, cut, put) => {
        const read = normalise(line.slice(0, at) + put + line.slice(at + cut));
        if (read.kind === 'event') expect(sessionEventSchema.safeParse(read.event).error).toBeUndefined();
        else expect(['skipped', 'rejected']).toContain(read.kind);
      },
    ),
    { numRuns: 2000 },
  );
});
