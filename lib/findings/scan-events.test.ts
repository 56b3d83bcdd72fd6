// What comes while a stretch is read is read after it.
import { beforeEach, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { readHistories } from '@/lib/findings/read-histories';
import { countIn, readExtents } from '@/lib/findings/scan/extent/store';
import { databaseNow, type Pending, putOff, readPending, writeEnvelope } from '@/lib/findings/scan/pending/store';
import { ingest } from '@/lib/sessions/ingest';
import { event, here, newSpace } from '@/lib/sessions/testing-ingest';

testDatabase();
beforeEach(newSpace);

const idOf = async (): Promise<string> =>
  (await pool().query<{ id: string }>('select id::text from identities where $1 = any(sources)', here())).rows[0]!.id;
const waiting = async (id: string) =>
  (await pool().query('select pending_from, pending_to from envelopes where identity_id = $1', [id])).rows[0];
const begin = async (): Promise<Pending> => (await readPending(10, [await idOf()]))[0]!;
const write = (mine: Pending, rest: string | null = null) => transaction((tx) => writeEnvelope(tx, mine, null, rest));
const at = (event_: { at: string }) => new Date(event_.at);

test('an event that comes inside a stretch while it is read still waits', async () => {
  await ingest([[event('a', 0), event('z', 600)]]);
  const mine = await begin();
  await readHistories([mine]);
  const late = event('mid', 300, { network: '203.0.113.9' });
  await ingest([[late]]);
  await write(mine);
  expect(await waiting(mine.identityId)).toEqual({ pending_from: at(late), pending_to: at(event('z', 600)) });
  await write(await begin());
  expect(await waiting(mine.identityId)).toEqual({ pending_from: null, pending_to: null });
});
test('what is left of a long stretch does not hide an earlier event that came meanwhile', async () => {
  await ingest([[event('a', 0), event('z', 600)]]);
  const mine = await begin();
  const late = event('mid', 100);
  await ingest([[late]]);
  await write(mine, event('rest', 400).at);
  expect(await waiting(mine.identityId)).toMatchObject({ pending_from: at(late) });
});
test('of two readings side by side the later one writes', async () => {
  await ingest([[event('a', 0), event('z', 600)]]);
  const [first, second] = [await begin(), await begin()];
  await write(second);
  await write(first, event('rest', 1).at);
  expect(await waiting(first.identityId)).toEqual({ pending_from: null, pending_to: null });
});
test('what could not be read waits a while and holds up nobody', async () => {
  await ingest([[event('a', 0)]]);
  const mine = await begin();
  expect((await readPending(1000)).some((one) => one.identityId === mine.identityId)).toBe(false);
  await putOff(mine.identityId);
  expect(await readPending(10, [mine.identityId])).toEqual([]);
  expect((await waiting(mine.identityId))?.pending_from).not.toBeNull();
});
test('what comes while a call reads is the next call’s, what is left of a long stretch its own', async () => {
  await ingest([[event('a', 0), event('z', 600)]]);
  const id = await idOf();
  const since = await databaseNow();
  const mine = (await readPending(1000, undefined, since)).find((one) => one.identityId === id)!;
  await write(mine, event('rest', 300).at);
  const again = (await readPending(1000, undefined, since)).find((one) => one.identityId === id)!;
  expect(new Date(again.from)).toEqual(at(event('rest', 300)));
  await ingest([[event('late', 100, { network: '203.0.113.9' })]]);
  await write(again);
  expect((await readPending(1000, undefined, since)).some((one) => one.identityId === id)).toBe(false);
  expect((await readPending(1000)).find((one) => one.identityId === id)?.from).toContain(
    at(event('late', 100)).toISOString().slice(0, 23),
  );
});
test('of a busy identity so much is read, before a stretch and in it, and none is passed over', async () => {
  await ingest([[...Array(12).keys()].map((n) => event(`e${n}`, n * 60, { network: `203.0.113.${n}` }))]);
  const window = { identityId: await idOf(), from: event('f', 300).at, to: event('t', 660).at };
  const all = { most: 100, leadMs: 86_400_000, leadMost: 100 };
  const ms = (secs: number) => Date.parse(event('x', secs).at);
  expect(await readExtents([window], all)).toEqual([
    { identityId: window.identityId, lead: ms(300) - 86_400_000, cut: null },
  ]);
  expect(await readExtents([window], { ...all, most: 2, leadMost: 2 })).toEqual([
    { identityId: window.identityId, lead: ms(120), cut: ms(420) },
  ]);
  expect(await readExtents([window], { ...all, leadMs: 60_000, leadMost: 2 })).toMatchObject([{ lead: ms(240) }]);
  expect(await countIn([window], 100)).toEqual(new Map([[window.identityId, 7]]));
  expect(await countIn([window], 3)).toEqual(new Map([[window.identityId, 3]]));
});
test('how much an hour took: what reads and exports were given, and nothing that is no number', async () => {
  const taking = (name: string, at: number, bytes: unknown, over: object = {}) =>
    event(name, at, { attributes: { bytes } as never, ...over });
  await ingest([
    [
      taking('a', 0, 5_000_000),
      taking('b', 60, 7_000_000, { class: 'export' }),
      taking('c', 120, 11_000_000, { class: 'change' }),
      taking('d', 180, 13_000_000, { outcome: 'failure' }),
      taking('e', 240, '17000000'),
      taking('f', 300, -19),
      event('g', 360),
      taking('h', 420, 23_000_000),
    ],
  ]);
  const [history] = [...(await readHistories([await begin()])).values()];
  expect(history!.hours.map((hour) => hour.bytes)).toEqual([35_000_000]);
  // What is worth showing is among what is read, whatever else changes.
  expect(history!.events.map((one) => one.attributes.bytes)).toContain(23_000_000);
});
