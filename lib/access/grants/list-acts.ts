import { authorise } from '@/lib/access/authorise';
import { type ActsQuery, actsQuerySchema } from '@/lib/access/grants/model';
import { actRows, findGrant } from '@/lib/access/grants/store';
import type { Ctx } from '@/lib/access/model';
import { auditRow } from '@/lib/audit/format';
import type { AuditRow } from '@/lib/audit/model';
import type { Page } from '@/lib/http/model';
import { BraidError } from '@/lib/platform/errors';

/** Every act done under a grant, in the order in which they were done. Errors: `not_found`. */
export async function listActs(ctx: Ctx, query: ActsQuery): Promise<Page<AuditRow>> {
  authorise(ctx, 'console.read');
  const { id, cursor, limit } = actsQuerySchema.parse(query);
  if (!(await findGrant(id))) throw new BraidError('not_found', 'There is no such grant.');
  const found = await actRows(id, cursor, limit + 1);
  const items = found.slice(0, limit).map(auditRow);
  return { items, nextCursor: found.length > limit ? items.at(-1)!.id : null };
}
