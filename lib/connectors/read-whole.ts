import type { Looks, ReadPage } from '@/lib/connectors/contract';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';

/** Entries of one listing that are read at most: against a system whose pages never end, not a size that is expected. */
export const LISTED_MOST = 200_000;

export interface Page<Place> {
  /** As the system answered: anything but a list is refused. */
  items: unknown;
  /** null: it was the last one. */
  next: Place | null;
}

/** A place is kept as JSON: a number or a text. */
export interface Listing<Place> {
  /** What is listed, for people; within one look, no two listings are called the same. */
  what: string;
  first: Place;
  read(place: Place): Promise<Page<Place>>;
  most?: number;
  /**
   * The look it belongs to: what was read when the system asked for patience is gone on from. `sameAt`: where pages are
   * counted, not pointed to, the place to read again, whose last entries have to be as they were: else something moved, and it
   * is read anew.
   */
  resume?: { look: Look; sameAt?(next: Place): Place; idOf?(item: unknown): unknown } | undefined;
}

interface Part {
  items: unknown[];
  /** null: it was read to its end. */
  place: unknown;
}

/** One look at a system: its listings, as far as they were read, by this process or one before it. */
export interface Look {
  part(what: string): Part | undefined;
  add(page: ReadPage): void;
}

function lookOf(kept: ReadPage[]): Look & { added: ReadPage[] } {
  const parts = new Map<string, Part>();
  const take = ({ what, items, next, first }: ReadPage): void => {
    const before = first ? [] : (parts.get(what)?.items ?? []);
    for (const item of items) before.push(item);
    parts.set(what, { items: before, place: next });
  };
  for (const page of kept) take(page);
  const added: ReadPage[] = [];
  return {
    added,
    part: (what) => parts.get(what),
    add(page) {
      added.push(page);
      take(page);
    },
  };
}

/**
 * One look, which may consist of many listings. Where the system asks for patience within it (`connector.limited`), what was
 * read is kept in `looks`, and whoever looks next goes on from there; listings that were read to their end are not read again.
 * It is dropped once the look is through, or was refused; one that broke off otherwise leaves what was kept before.
 */
export async function looking<T>(looks: Looks | undefined, name: string, work: (look: Look) => Promise<T>): Promise<T> {
  const kept = (await looks?.find(name)) ?? { id: newId(), pages: [] };
  const look = lookOf(kept.pages);
  try {
    const result = await work(look);
    await looks?.drop(name);
    return result;
  } catch (error) {
    const { code } = toBraidError(error);
    const from = kept.pages.length;
    // Whoever waits has to know how long for, whatever becomes of what was read.
    const unkept = (cause: unknown) => log.warn({ err: cause, name }, 'what was read of a look could not be kept');
    if (code === 'connector.limited') {
      if (look.added.length) await looks?.keep(name, { id: kept.id, from, pages: look.added }).catch(unkept);
    } else if (code !== 'connector.unreachable') await looks?.drop(name).catch(unkept);
    throw error;
  }
}

interface Begun<Place> {
  items: unknown[];
  place: Place | null;
  /** It goes on from what was read before. */
  resumed: boolean;
}

async function goOn<Place>({ what, first, read, resume }: Listing<Place>): Promise<Begun<Place>> {
  const anew = { items: [], place: first, resumed: false };
  const part = resume?.look.part(what);
  if (!part) return anew;
  const place = part.place as Place | null;
  const before = { items: [...part.items], place, resumed: true };
  if (place === null || !resume?.sameAt) return before;
  const idOf = resume.idOf ?? ((item) => JSON.stringify(item));
  const again = await read(resume.sameAt(place));
  const here = Array.isArray(again.items) ? again.items : [];
  const last = part.items.slice(-here.length || part.items.length);
  return here.length > 0 && here.every((item, at) => idOf(item) === idOf(last[at])) ? before : anew;
}

/**
 * Reads listings of one system to their end. One that has no end within the bound, or a page without a list, throws
 * `connector.refused`: who is not in a part of a listing is not gone, and what is not in it was not ended.
 */
export function wholeListings(system: string) {
  return async function whole<Place>(listing: Listing<Place>): Promise<unknown[]> {
    const { what, first, read, most = LISTED_MOST, resume } = listing;
    let { items, place, resumed } = await goOn(listing);
    while (place !== null) {
      const at: Place = place;
      const page: Page<Place> | null = await read(at).catch((error) => {
        // A pointer may be older than the system keeps them.
        if (resumed && toBraidError(error).code === 'connector.refused') return null;
        throw error;
      });
      if (page === null) {
        [items, place, resumed] = [[], first, false];
        continue;
      }
      if (!Array.isArray(page.items))
        throw new BraidError('connector.refused', `${system} answered ${what} without a list: nothing is concluded.`);
      resume?.look.add({ what, items: page.items, next: page.next, first: !resumed && items.length === 0 });
      resumed = false;
      for (const item of page.items) items.push(item);
      place = page.next;
      if (items.length > most || (place !== null && items.length >= most)) throw cutOff(system, what, most);
    }
    return items;
  };
}

export const cutOff = (system: string, what: string, most: number): BraidError =>
  new BraidError(
    'connector.refused',
    `${system} lists more than ${most} entries at ${what}: it was cut off there, so nobody is taken for gone and nothing for ended.`,
  );
