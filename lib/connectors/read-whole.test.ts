import { expect, test } from 'vitest';
import { type Listing, wholeListings } from '@/lib/connectors/read-whole';
import { BraidError } from '@/lib/platform/errors';

const PAGE = 3;
const limited = () => new BraidError('connector.limited', 'Wait.', { detail: { retryAfterMs: 1 } });

/** A system with pages that are counted; `asked` says which. */
function system(all: { id: number }[]) {
  const asked: number[] = [];
  const state = { all, patience: Number.POSITIVE_INFINITY };
  const listing = (over: Partial<Listing<number>> = {}): Listing<number> => ({
    what: 'GET /things',
    first: 0,
    async read(page) {
      if (asked.length >= state.patience) throw limited();
      asked.push(page);
      const items = state.all.slice(page * PAGE, (page + 1) * PAGE);
      return { items, next: items.length === PAGE ? page + 1 : null };
    },
    ...over,
  });
  return { asked, state, listing };
}
const things = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));
const counted = { sameAt: (next: number) => next - 1, idOf: (item: unknown) => (item as { id: number }).id };

test('a listing is read to its end; one with more than the bound is refused with words, and one of just as much is not', async () => {
  const whole = wholeListings('Acme');
  const { listing } = system(things(8));
  expect(await whole(listing())).toHaveLength(8);
  expect(await whole(listing({ most: 8 }))).toHaveLength(8);
  await expect(whole(listing({ most: 7 }))).rejects.toMatchObject({
    code: 'connector.refused',
    publicMessage: expect.stringMatching(/Acme lists more than 7 entries at GET .things: it was cut off/),
  });
  await expect(whole(listing({ most: 6 }))).rejects.toMatchObject({ code: 'connector.refused' });
  await expect(whole(listing({ read: async () => ({ items: { message: 'hm' }, next: null }) }))).rejects.toThrow(
    'without a list',
  );
});

test('where patience was asked for, it goes on from there, once; where something moved, it begins anew', async () => {
  const whole = wholeListings('Acme');
  const { asked, state, listing } = system(things(10));
  const resumed = listing({ resume: counted });
  const breakAt = async (patience: number) => {
    asked.length = 0;
    state.patience = patience;
    await expect(whole(resumed)).rejects.toMatchObject({ code: 'connector.limited' });
    state.patience = Number.POSITIVE_INFINITY;
    asked.length = 0;
  };
  await breakAt(2);
  // Asked too early, it keeps what it has.
  state.patience = 0;
  await expect(whole(resumed)).rejects.toMatchObject({ code: 'connector.limited' });
  state.patience = Number.POSITIVE_INFINITY;
  expect(await whole(resumed)).toEqual(things(10));
  expect(asked).toEqual([1, 2, 3]);
  asked.length = 0;
  expect(await whole(resumed)).toEqual(things(10));
  expect(asked).toEqual([0, 1, 2, 3]);
  await breakAt(2);
  // An entry of what was read is gone: every page after it moved by one, and one would be left out.
  state.all = state.all.filter(({ id }) => id !== 1);
  expect(await whole(resumed)).toEqual(state.all);
  expect(asked).toEqual([1, 0, 1, 2, 3]);
  await breakAt(2);
  // Who does not resume reads anew.
  expect(await whole(listing())).toHaveLength(9);
  expect(asked).toEqual([0, 1, 2, 3]);
});

test('an error that is not about patience keeps nothing', async () => {
  const whole = wholeListings('Acme');
  const { asked, listing } = system(things(7));
  const plain = listing({ resume: counted });
  const read = async (page: number) => {
    if (page === 1) throw new BraidError('connector.unreachable', 'It is away.');
    return plain.read(page);
  };
  await expect(whole({ ...plain, read })).rejects.toThrow('away');
  asked.length = 0;
  await whole(plain);
  expect(asked).toEqual([0, 1, 2]);
});
