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

interface Part {
  items: unknown[];
  place: unknown;
  at: number;
}

/**
 * Reads listings of one system to their end. One that has no end within the bound, or a page without a list, throws
 * `connector.refused`: who is not in a part of a listing is not gone, and what is not in it was not ended.
 */
export function wholeListings(system: string) {
  const parts = new Map<string, Part>();

  async function goOn<Place>({
    what,
    first,
    read,
    resume,
  }: Listing<Place>): Promise<{ items: unknown[]; place: Place }> {
    const part = resume && parts.get(what);
    parts.delete(what);
    if (!part || clock.ms() - part.at > KEPT_MS) return { items: [], place: first };
    const place = part.place as Place;
    if (!resume.sameAt) return { items: [...part.items], place };
    const idOf = resume.idOf ?? ((item) => JSON.stringify(item));
    const again = await read(resume.sameAt(place)).catch((error) => {
      if (resumes(error)) parts.set(what, part);
      throw error;
    });
    const here = Array.isArray(again.items) ? again.items : [];
    const before = part.items.slice(-here.length || part.items.length);
    const same = here.length > 0 && here.every((item, at) => idOf(item) === idOf(before[at]));
    return same ? { items: [...part.items], place } : { items: [], place: first };
  }

  return async function whole<Place>(listing: Listing<Place>): Promise<unknown[]> {
    const { what, read, most = LISTED_MOST, resume } = listing;
    const begun = await goOn(listing);
    const { items } = begun;
    let place: Place | null = begun.place;
    while (place !== null) {
      const at: Place = place;
      const page = await read(at).catch((error) => {
        if (resume && items.length > 0 && resumes(error)) parts.set(what, { items, place: at, at: clock.ms() });
        throw error;
      });
      if (!Array.isArray(page.items))
        throw new BraidError('connector.refused', `${system} answered ${what} without a list: nothing is concluded.`);
      for (const item of page.items) items.push(item);
      place = page.next;
      if (items.length > most || (place !== null && items.length >= most)) throw cutOff(system, what, most);
    }
    return items;
  };
}

const resumes = (error: unknown): boolean => toBraidError(error).code === 'connector.limited';

export const cutOff = (system: string, what: string, most: number): BraidError =>
  new BraidError(
    'connector.refused',
    `${system} lists more than ${most} entries at ${what}: it was cut off there, so nobody is taken for gone and nothing for ended.`,
  );
