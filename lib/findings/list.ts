import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type FindingRow, type ListFindings, listFindingsSchema } from '@/lib/findings/model';
import { readFindings } from '@/lib/findings/store';
import { amongLane, sessionsOf } from '@/lib/lanes/among-lane';
import { BraidError } from '@/lib/platform/errors';

const RANK = { low: 0, medium: 1, high: 2, critical: 3 } as const;

/** The place of a row in the order of urgency, as the database computes it. */
const urgencyOf = ({ state, severity }: FindingRow): number =>
  (state === 'open' || state === 'acknowledged' ? 4 : 0) + RANK[severity];

function decode(cursor: string): { urgency: number; at: string; id: string } {
  const [at, id, urgency = '0'] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  if (!at || !id || Number.isNaN(Date.parse(at)) || !/^[0-9a-f-]{36}$/.test(id) || !/^[0-7]$/.test(urgency))
    throw new BraidError('input.invalid', 'The cursor is not one that Braid gave.');
  return { urgency: Number(urgency), at, id };
}

/** Findings, last seen first or the most urgent first. Errors: `access.denied`, `input.invalid`, `not_found` (of the lane). */
export async function list(
  ctx: Ctx,
  query: ListFindings = {},
): Promise<{ items: FindingRow[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  const parsed = listFindingsSchema.parse(query);
  const { lane, identityId, from, to } = parsed;
  const of = await amongLane(ctx, { identityId, lane, from, to });
  const rows = await readFindings(parsed, parsed.cursor ? decode(parsed.cursor) : null, of && sessionsOf(of));
  const items = rows.slice(0, parsed.limit);
  const last = rows.length > parsed.limit ? items.at(-1) : undefined;
  return {
    items,
    nextCursor: last ? Buffer.from(`${last.lastSeenAt} ${last.id} ${urgencyOf(last)}`).toString('base64url') : null,
  };
}
