import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type FindingRow, type ListFindings, listFindingsSchema } from '@/lib/findings/model';
import { readFindings } from '@/lib/findings/store';
import { BraidError } from '@/lib/platform/errors';

function decode(cursor: string): { at: string; id: string } {
  const [at, id] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  if (!at || !id || Number.isNaN(Date.parse(at)) || !/^[0-9a-f-]{36}$/.test(id))
    throw new BraidError('input.invalid', 'The cursor is not one that Braid gave.');
  return { at, id };
}

/** Findings, last seen first. Errors: `access.denied`, `input.invalid`. */
export async function list(
  ctx: Ctx,
  query: ListFindings = {},
): Promise<{ items: FindingRow[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  const parsed = listFindingsSchema.parse(query);
  const rows = await readFindings(parsed, parsed.cursor ? decode(parsed.cursor) : null);
  const items = rows.slice(0, parsed.limit);
  const last = rows.length > parsed.limit ? items.at(-1) : undefined;
  return {
    items,
    nextCursor: last ? Buffer.from(`${last.lastSeenAt} ${last.id}`).toString('base64url') : null,
  };
}
