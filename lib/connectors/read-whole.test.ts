import { expect, test } from 'vitest';
import { type Listing, type Look, looking, wholeListings } from '@/lib/connectors/read-whole';
import { testingLooks } from '@/lib/connectors/testing-notes';
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
const counted = (look: Look) => ({
  look,
  sameAt: (next: number) => next - 1,
  idOf: (item: unknown) => (item as { id: number }).id,
});

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
  const looks = testingLooks();
  const { asked, state, listing } = system(things(10));
  // As a process that was started anew reads: nothing is shared but what is kept.
  const look = () => looking(looks, 'things', (now) => wholeListings('Acme')(listing({ resume: counted(now) })));
  const breakAt = async (patience: number) => {
    asked.length = 0;
    state.patience = patience;
    await expect(look()).rejects.toMatchObject({ code: 'connector.limited' });
    state.patience = Number.POSITIVE_INFINITY;
    asked.length = 0;
  };
  await breakAt(2);
  // Asked too early, it keeps what it has.
  state.patience = 0;
  await expect(look()).rejects.toMatchObject({ code: 'connector.limited' });
  state.patience = Number.POSITIVE_INFINITY;
  expect(await look()).toEqual(things(10));
  expect(asked).toEqual([1, 2, 3]);
  asked.length = 0;
  expect(await look()).toEqual(things(10));
  expect(asked).toEqual([0, 1, 2, 3]);
  await breakAt(2);
  // An entry of what was read is gone: every page after it moved by one, and one would be left out.
  state.all = state.all.filter(({ id }) => id !== 1);
  expect(await look()).toEqual(state.all);
  expect(asked).toEqual([1, 0, 1, 2, 3]);
  await breakAt(2);
  // It moved, and is cut off again within what is read anew: that counts from now on.
  state.all = state.all.filter(({ id }) => id !== 2);
  await breakAt(2);
  expect(await look()).toEqual(state.all);
  expect(asked).toEqual([0, 1, 2]);
  await breakAt(2);
  // Who does not resume reads anew.
  expect(await wholeListings('Acme')(listing())).toHaveLength(8);
  expect(asked).toEqual([0, 1, 2]);
});

test('what one look read to its end is not read again when the next listing of it is cut off', async () => {
  const looks = testingLooks();
  const [one, other] = [system(things(7)), system(things(8))];
  const look = () =>
    looking(looks, 'both', async (now) => {
      const whole = wholeListings('Acme');
      const first = await whole(one.listing({ what: 'GET /one', resume: counted(now) }));
      return [first, await whole(other.listing({ what: 'GET /other', resume: counted(now) }))];
    });
  other.state.patience = 1;
  await expect(look()).rejects.toMatchObject({ code: 'connector.limited' });
  expect(looks.names()).toEqual(['both']);
  other.state.patience = Number.POSITIVE_INFINITY;
  expect(await look()).toEqual([things(7), things(8)]);
  expect([one.asked, other.asked]).toEqual([
    [0, 1, 2],
    [0, 0, 1, 2],
  ]);
  expect(looks.names()).toEqual([]);
});

test('an error that is not about patience keeps nothing new: away, it is gone on from later; refused, it begins anew', async () => {
  const looks = testingLooks();
  const { asked, state, listing } = system(things(10));
  let fails: BraidError | undefined;
  const look = () =>
    looking(looks, 'things', (now) => {
      const plain = listing({ resume: { look: now } });
      const read = async (page: number) => {
        if (page === 2 && fails) throw fails;
        return plain.read(page);
      };
      return wholeListings('Acme')({ ...plain, read });
    });
  fails = new BraidError('connector.unreachable', 'It is away.');
  await expect(look()).rejects.toThrow('away');
  expect(looks.names()).toEqual([]);
  state.patience = asked.length + 2;
  await expect(look()).rejects.toThrow('away');
  fails = undefined;
  state.patience = asked.length + 2;
  await expect(look()).rejects.toThrow('Wait');
  state.patience = Number.POSITIVE_INFINITY;
  fails = new BraidError('connector.unreachable', 'It is away.');
  await expect(look()).rejects.toThrow('away');
  fails = undefined;
  asked.length = 0;
  expect(await look()).toEqual(things(10));
  expect(asked).toEqual([2, 3]);
  // The pointer is known no more: what was read by it counts no more.
  state.patience = asked.length + 2;
  await expect(look()).rejects.toThrow('Wait');
  state.patience = Number.POSITIVE_INFINITY;
  asked.length = 0;
  let refused = false;
  const whole = await looking(looks, 'things', (now) => {
    const plain = listing({ resume: { look: now } });
    const read = async (page: number) => {
      if (page === 2 && !refused) {
        refused = true;
        throw new BraidError('connector.refused', 'No such pointer.');
      }
      return plain.read(page);
    };
    return wholeListings('Acme')({ ...plain, read });
  });
  expect(whole).toEqual(things(10));
  expect(asked).toEqual([0, 1, 2, 3]);
  // Refused for another reason, it is dropped.
  state.patience = asked.length + 1;
  await expect(look()).rejects.toThrow('Wait');
  await expect(
    looking(looks, 'things', async () => Promise.reject(new BraidError('connector.refused', 'No right.'))),
  ).rejects.toThrow('No right');
  expect(looks.names()).toEqual([]);
});
