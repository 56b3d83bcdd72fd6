import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type DecisionQuery, type DecisionRow, decisionQuerySchema } from '@/lib/decisions/model';
import { page } from '@/lib/decisions/store';
import { amongLane, sessionsOf } from '@/lib/lanes/among-lane';
import type { Among } from '@/lib/lanes/model';
import { BraidError } from '@/lib/platform/errors';

/**
 * Decisions, newest first. The cursor is the last id of the page before. `sorted`: what is of the lane asked for, where it
 * was sorted before; a decision keeps no address, so one of a session that several presented is in the lane of each.
 */
export async function list(
  ctx: Ctx,
  query: DecisionQuery = {},
  sorted?: Among | null,
): Promise<{ items: DecisionRow[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  const { cursor, limit, lane, ...filter } = decisionQuerySchema.parse(query);
  if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) throw new BraidError('input.invalid', 'cursor is not one of ours.');
  const { identityId, from, to } = filter;
  const of = sorted ?? (await amongLane(ctx, { identityId, lane, from, to }));
  const among = of ? sessionsOf(of) : undefined;
  const items = await page({ ...filter, among, before: cursor, limit: limit + 1 });
  const more = items.length > limit;
  return { items: items.slice(0, limit), nextCursor: more ? items[limit - 1]!.id : null };
}
