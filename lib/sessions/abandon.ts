import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { request } from '@/lib/revocations/request';
import { ABANDONED, dueToEnd, flag, readRule } from '@/lib/sessions/abandoned/store';

/** Ended in one pass: the next one goes on. */
const MOST = 200;

/**
 * Flags sessions that stand open and have been left, and ends those that have been left for as long as the rule says, like
 * any other revocation: at its system where a connector can, else the decision point refuses them, and it is said.
 */
export async function abandon(ctx: Ctx): Promise<{ flagged: number; ended: number }> {
  authorise(ctx, 'event.ingest');
  const rule = await readRule();
  const now = clock.now();
  const marked = await transaction(async (tx) => {
    const rows = await flag(tx, rule, now, MOST);
    if (rows.length > 0)
      await hint(
        tx,
        'session',
        rows.map((row) => row.id),
      );
    return rows.length;
  });
  if (rule.endAfterMins === null) return { flagged: marked, ended: 0 };
  const sessionIds = await dueToEnd(new Date(now.getTime() - rule.endAfterMins * 60_000), now, MOST);
  if (sessionIds.length > 0)
    await request(
      { actor: { kind: 'policy', name: ABANDONED } },
      {
        kind: 'terminate',
        sessionIds,
        reasonCode: 'no_longer_needed',
        reason: `Abandoned: nothing was done in it for ${spanText(rule.endAfterMins)}.`,
      },
    );
  return { flagged: marked, ended: sessionIds.length };
}

const spanText = (mins: number): string =>
  mins % 60 === 0 ? `${mins / 60} ${mins === 60 ? 'hour' : 'hours'}` : `${mins} minutes`;
