// What was read of a listing stands in the database: another process goes on from there.
import { beforeEach, expect, test } from 'vitest';
import { partsOf } from '@/lib/connectors/parts-of';
import { type Listing, wholeListings } from '@/lib/connectors/read-whole';
import { pool, prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

testDatabase();
const PAGE = 3;
let id: string;
beforeEach(async () => {
  id = newId();
  await pool().query(
    `insert into connectors (id, name, vendor, state, config) values ($1::uuid, $1::text, 'simulator', 'enabled', '{}')`,
    [id],
  );
});
const kept = () => prisma().connectorListing.findMany({ where: { connectorId: id } });
const things = (count: number) => Array.from({ length: count }, (_, at) => ({ id: at, secret: `s3cr3t-${at}` }));

/** A process of its own: it shares nothing with another but the database. */
function process_(all: { id: number }[], patience = Number.POSITIVE_INFINITY, target = 'here') {
  const asked: number[] = [];
  const whole = wholeListings('Acme', partsOf(id, target));
  const listing = (over: Partial<Listing<number>> = {}): Listing<number> => ({
    what: 'GET /things',
    first: 0,
    async read(page) {
      if (asked.length >= patience) throw new BraidError('connector.limited', 'Wait.', { detail: { retryAfterMs: 1 } });
      asked.push(page);
      const items = all.slice(page * PAGE, (page + 1) * PAGE);
      return { items, next: items.length === PAGE ? page + 1 : null };
    },
    resume: { sameAt: (next) => next - 1, idOf: (item) => (item as { id: number }).id },
    ...over,
  });
  return { asked, read: (over: Partial<Listing<number>> = {}) => whole(listing(over)) };
}
const limited = { code: 'connector.limited' };

test('a listing longer than its system’s patience is read to its end by three processes, no page twice but the one that is checked', async () => {
  const all = things(20);
  const [first, second, third] = [process_(all, 3), process_(all, 3), process_(all)];
  await expect(first.read()).rejects.toMatchObject(limited);
  expect(first.asked).toEqual([0, 1, 2]);
  await expect(second.read()).rejects.toMatchObject(limited);
  expect(second.asked).toEqual([2, 3, 4]);
  // Nothing of what was read can be read in the table.
  expect(JSON.stringify(await kept())).not.toContain('s3cr3t');
  expect(await third.read()).toEqual(all);
  expect(third.asked).toEqual([4, 5, 6]);
  expect(await kept()).toEqual([]);
});

test('asked too early it keeps what it has; where something moved, at another place, or unreadable, it begins anew', async () => {
  const all = things(10);
  await expect(process_(all, 2).read()).rejects.toMatchObject(limited);
  await expect(process_(all, 0).read()).rejects.toMatchObject(limited);
  await expect(process_(all, 1).read()).rejects.toMatchObject(limited);
  expect(await kept()).toHaveLength(1);
  const elsewhere = process_(all, 2, 'there');
  await expect(elsewhere.read()).rejects.toMatchObject(limited);
  expect(elsewhere.asked).toEqual([0, 1]);
  const back = process_(all);
  await back.read();
  expect(back.asked).toEqual([0, 1, 2, 3]);

  await expect(process_(all, 2).read()).rejects.toMatchObject(limited);
  const moved = process_(all.filter((one) => one.id !== 1));
  expect(await moved.read()).toHaveLength(9);
  expect(moved.asked).toEqual([1, 0, 1, 2, 3]);

  await expect(process_(all, 2).read()).rejects.toMatchObject(limited);
  await pool().query(`update connector_listings set sealed_part = 'garbage' where connector_id = $1`, [id]);
  const anew = process_(all);
  expect(await anew.read()).toEqual(all);
  expect(anew.asked).toEqual([0, 1, 2, 3]);
});

test('an error that is not about patience keeps nothing, and a connector that is removed takes it along', async () => {
  const all = things(10);
  await expect(process_(all, 2).read()).rejects.toMatchObject(limited);
  const read = async () => {
    throw new BraidError('connector.refused', 'That page token has expired.');
  };
  await expect(process_(all).read({ read })).rejects.toThrow('expired');
  expect(await kept()).toEqual([]);
  await expect(process_(all, 2).read()).rejects.toMatchObject(limited);
  await prisma().connector.delete({ where: { id } });
  expect(await kept()).toEqual([]);
  await expect(process_(all, 2).read()).rejects.toMatchObject(limited);
  expect(await kept()).toEqual([]);
});
