import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { nextWithLiveSessions } from '@/lib/decisions/again/store';
import { askEachAgain } from '@/lib/decisions/ask-each-again';
import { judgedByClock } from '@/lib/exposures/judged-by-clock';

/** How many passes it takes to have asked about everybody; six in a minute. */
const PASSES = 6;
/** Identities of one pass: where more have live sessions, it takes longer than a minute until all were asked about. */
const MOST_IDENTITIES = 1_000;

let last: string | null = null;

/**
 * Live sessions are asked again because time has passed: one that nobody hears of grows old without anything happening. Takes
 * identities with live sessions in turn, a sixth of them at each pass; nothing where no policy reads the time. For a loop of
 * ten seconds. Answers how many identities were asked about. Errors: `access.denied`.
 */
export async function askByClock(ctx: Ctx): Promise<number> {
  authorise(ctx, 'session.terminate');
  if (!(await judgedByClock())) return 0;
  const share = (all: number) => Math.min(MOST_IDENTITIES, Math.max(1, Math.ceil(all / PASSES)));
  let ids = await nextWithLiveSessions(last, share);
  // The end of the row: from its beginning.
  if (ids.length === 0 && last !== null) ids = await nextWithLiveSessions(null, share);
  last = ids.at(-1) ?? null;
  await askEachAgain(ctx, ids, 'clock');
  return ids.length;
}
