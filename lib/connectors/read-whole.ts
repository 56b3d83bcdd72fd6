import { clock } from '@/lib/platform/clock';
import { BraidError, toBraidError } from '@/lib/platform/errors';

/** Entries of one listing that are read at most: against a system whose pages never end, not a size that is expected. */
export const LISTED_MOST = 200_000;
/** How long the part that was read is kept where a system asks for patience, milliseconds. */
const KEPT_MS = 5_400_000;

export interface Page<Place> {
  /** As the system answered: anything but a list is refused. */
  items: unknown;
  /** null: it was the last one. */
  next: Place | null;
}

export interface Listing<Place> {
  /** What is listed, for people. */
  what: string;
  first: Place;
  read(place: Place): Promise<Page<Place>>;
  most?: number;
  /**
   * A part that was read when the system asked for patience is gone on from. `sameAt`: where pages are counted, not pointed to,
   * the place to read again, whose last entries have to be as they were: else something moved, and it is read anew.
   */
  resume?: { sameAt?(next: Place): Place; idOf?(item: unknown): unknown } | undefined;
}

/** The part of a listing that was read when its system asked for patience. */
export interface Part {
  items: unknown[];
  /** Where it goes on. */
  place: unknown;
  /** When that was, ms. */
  at: number;
}

/** Keeps parts of listings for whoever goes on with them, by what is listed. */
export interface Parts {
  find(what: string): Promise<Part | null>;
  /** One that is too large to be kept is not: then it is read anew. */
  keep(what: string, part: Part): Promise<void>;
  drop(what: string): Promise<void>;
}

/** For as long as the process lives. */
export function partsInMemory(): Parts {
  const parts = new Map<string, Part>();
  return {
    find: async (what) => parts.get(what) ?? null,
    keep: async (what, part) => void parts.set(what, part),
    drop: async (what) => void parts.delete(what),
  };
}

/**
 * Reads listings of one system to their end. One that has no end within the bound, or a page without a list, throws
 * `connector.refused`: who is not in a part of a listing is not gone, and what is not in it was not ended.
 */
export function wholeListings(system: string, parts: Parts = partsInMemory()) {
  /** Where to go on, with what was read. Once: what then fails for another reason than patience is read anew. */
  async function goOn<Place>(listing: Listing<Place>): Promise<{ items: unknown[]; place: Place; of: Part | null }> {
    const { what, first, read, resume } = listing;
    const anew = { items: [], place: first, of: null };
    const part = resume ? await parts.find(what) : null;
    if (!resume || !part || clock.ms() - part.at > KEPT_MS) return anew;
    const place = part.place as Place;
    if (!resume.sameAt) return { items: [...part.items], place, of: part };
    const idOf = resume.idOf ?? ((item) => JSON.stringify(item));
    const again = await read(resume.sameAt(place)).catch(async (error) => {
      if (!resumes(error)) await parts.drop(what);
      throw error;
    });
    const here = Array.isArray(again.items) ? again.items : [];
    const before = part.items.slice(-here.length || part.items.length);
    const same = here.length > 0 && here.every((item, at) => idOf(item) === idOf(before[at]));
    return same ? { items: [...part.items], place, of: part } : anew;
  }

  return async function whole<Place>(listing: Listing<Place>): Promise<unknown[]> {
    const { what, read, most = LISTED_MOST, resume } = listing;
    const begun = await goOn(listing);
    const { items } = begun;
    let place: Place | null = begun.place;
    try {
      while (place !== null) {
        const at: Place = place;
        const page = await read(at).catch(async (error) => {
          // What was kept before stands, where nothing more was read since.
          if (resume && resumes(error)) {
            if (items.length > (begun.of?.items.length ?? 0))
              await parts.keep(what, { items, place: at, at: clock.ms() });
            throw new Patience(error);
          }
          throw error;
        });
        if (!Array.isArray(page.items))
          throw new BraidError('connector.refused', `${system} answered ${what} without a list: nothing is concluded.`);
        for (const item of page.items) items.push(item);
        place = page.next;
        if (items.length > most || (place !== null && items.length >= most)) throw cutOff(system, what, most);
      }
    } catch (error) {
      if (error instanceof Patience) throw error.asked;
      if (resume) await parts.drop(what);
      throw error;
    }
    if (resume) await parts.drop(what);
    return items;
  };
}

/** The system asked for patience: what was read stands. */
class Patience extends Error {
  constructor(readonly asked: unknown) {
    super('asked for patience');
  }
}

const resumes = (error: unknown): boolean => toBraidError(error).code === 'connector.limited';

export const cutOff = (system: string, what: string, most: number): BraidError =>
  new BraidError(
    'connector.refused',
    `${system} lists more than ${most} entries at ${what}: it was cut off there, so nobody is taken for gone and nothing for ended.`,
  );
