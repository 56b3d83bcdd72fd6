import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type DecisionQuery, type DecisionRow, decisionQuerySchema } from '@/lib/decisions/model';
import { page } from '@/lib/decisions/store';
import { findLane } from '@/lib/lanes/find-lane';
import { BraidError } from '@/lib/platform/errors';

/**
 * Decisions, newest first. The cursor is the last id of the page before. `sorted`: the sessions of the lane asked for, where it
 * was sorted before.
 */
export async function list(
  ctx: Ctx,
  query: DecisionQuery = {},
  sorted?: string[],
): Promise<{ items: DecisionRow[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  const { cursor, limit, lane, ...filter } = decisionQuerySchema.parse(query);
  if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) throw new BraidError('input.invalid', 'cursor is not one of ours.');
  const { identityId, from, to } = filter;
  const ofLane = async () =>
    lane ? (await findLane(ctx, { identityId, lane, from, to })).sessions.map((one) => one.id) : undefined;
  const items = await page({ ...filter, among: sorted ?? (await ofLane()), before: cursor, limit: limit + 1 });
  const more = items.length > limit;
  return { items: items.slice(0, limit), nextCursor: more ? items[limit - 1]!.id : null };
}
