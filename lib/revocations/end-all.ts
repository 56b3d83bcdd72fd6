import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';
import { needsSecond } from '@/lib/responses/needs-second';
import { takenOf } from '@/lib/revocations/assess';
import { bulk } from '@/lib/revocations/bulk';
import { type BulkResult, bulkResultSchema, MOST_AT_ONCE } from '@/lib/revocations/bulk-model';
import { reasonCodeSchema } from '@/lib/revocations/model';
import { previewBulk } from '@/lib/revocations/preview-bulk';

/** Sessions one act of this kind takes; what is beyond is told as left. */
export const ALL_MOST = 5_000;

export const endAllBodySchema = z.strictObject({
  reasonCode: reasonCodeSchema.default('unexpected_behaviour'),
  reason: z.string().trim().max(2000).default(''),
  /** Everything is looked up and nothing is changed. */
  dryRun: z.boolean().default(false),
});

export const endedAllSchema = bulkResultSchema
  .pick({ actionId: true, dryRun: true, eligible: true, skipped: true, radius: true, second: true })
  .extend({
    revocationIds: z.array(z.uuid()).max(ALL_MOST),
    /** Why some are left out, or why it stopped, each reason once. */
    why: z.array(z.string().max(500)).max(50),
    /** Live sessions beyond those one act takes, and those it no longer came to: ask again for them. */
    left: z.number().int(),
  });
export type EndedAll = z.infer<typeof endedAllSchema>;

const together = (parts: BulkResult[]): Pick<EndedAll, 'eligible' | 'skipped' | 'radius' | 'why'> => {
  const rows = parts.flatMap((part) => part.rows);
  const taken = rows.filter((row) => row.eligible);
  return {
    eligible: taken.length,
    skipped: rows.length - taken.length,
    radius: {
      identities: new Set(taken.map((row) => row.identityId)).size,
      sessions: taken.reduce((sum, row) => sum + row.sessions, 0),
      systems: new Set(taken.flatMap((row) => row.systems)).size,
    },
    why: [...new Set(rows.flatMap((row) => row.why ?? []))].slice(0, 50),
  };
};

/**
 * Ends all sessions of what was resolved here and now (a run, a lane), however many they are, in stretches as one action takes
 * them. How far it reaches is looked at as a whole, first. Where a later stretch can't be done, what was is answered, with why and
 * how many are left. Errors: `conflict` (none lives), `response.second_operator`.
 */
export async function endAll(
  ctx: Ctx,
  given: { sessionIds: string[]; left: number } & z.input<typeof endAllBodySchema>,
): Promise<EndedAll> {
  authorise(ctx, 'session.terminate');
  const { sessionIds, left, ...body } = given;
  const why = endAllBodySchema.parse(body);
  if (sessionIds.length === 0) throw new BraidError('conflict', 'None of its sessions is live.');
  const stretches: string[][] = [];
  for (let at = 0; at < Math.min(sessionIds.length, ALL_MOST); at += MOST_AT_ONCE)
    stretches.push(sessionIds.slice(at, Math.min(at + MOST_AT_ONCE, ALL_MOST)));
  const looked: BulkResult[] = [];
  for (const ids of stretches) looked.push(await previewBulk(ctx, { kind: 'terminate', sessionIds: ids, ...why }));
  const reach = together(looked);
  const second = await needsSecond(ctx, 'terminate', {
    ...reach.radius,
    identityIds: takenOf(looked.flatMap((part) => part.rows)),
  });
  if (second && !why.dryRun) throw new BraidError('response.second_operator', second);
  const actionId = newId();
  const done: BulkResult[] = [];
  let stopped: BraidError | null = null;
  for (const ids of stretches)
    try {
      done.push(await bulk(ctx, { kind: 'terminate', sessionIds: ids, actionId, ...why }));
    } catch (error) {
      // What ended is ended: whoever asked has to hear of it.
      if (done.length === 0) throw error;
      stopped = toBraidError(error);
      if (stopped !== error) log.error({ err: error }, 'ending the next sessions failed');
      break;
    }
  const tried = done.length * MOST_AT_ONCE;
  const all = together(done);
  return {
    ...all,
    actionId,
    why: stopped ? [stopped.publicMessage.slice(0, 500), ...all.why].slice(0, 50) : all.why,
    dryRun: why.dryRun,
    second: stopped?.code === 'response.second_operator' ? stopped.publicMessage.slice(0, 500) : second,
    revocationIds: [...new Set(done.flatMap((one) => one.revocationIds))],
    left: left + Math.max(0, sessionIds.length - Math.min(tried, ALL_MOST)),
  };
}
