import { authorise } from '@/lib/access/authorise';
import { type Ctx, may } from '@/lib/access/model';
import { noteSeen, readCursor, writeCursor } from '@/lib/decisions/search/store';
import { clock } from '@/lib/platform/clock';
import { floorId, idTime } from '@/lib/platform/ids';

const PAGE = 20_000;
const PAGES = 20;
/** Decisions of several processes commit out of order: what is younger than this is read again, ms. */
const OVERLAP_MS = 3_000;

/**
 * Notes which resources and actions callers have asked about since the last pass: what a search can find. Safe to run again,
 * and beside itself. Answers how many decisions were read; with `pages`, at most so many pages of 20 000.
 */
export async function catalogue(ctx: Ctx, { pages = PAGES }: { pages?: number } = {}): Promise<number> {
  authorise(ctx, may(ctx.actor, 'decision.ask') ? 'decision.ask' : 'console.read');
  let after = (await readCursor()) ?? floorId(0);
  let total = 0;
  for (let page = 0; page < pages; page += 1) {
    const { read, last } = await noteSeen(after, PAGE);
    total += read;
    if (!last) break;
    after = last;
    await writeCursor(floorId(Math.min(idTime(last), clock.ms() - OVERLAP_MS)));
    if (read < PAGE) break;
  }
  return total;
}
