import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { auditRow } from '@/lib/audit/format';
import type { AuditQuery, AuditRow } from '@/lib/audit/model';
import { auditRows } from '@/lib/audit/store';
import type { Page } from '@/lib/http/model';

/** The audit log, newest first. */
export async function list(ctx: Ctx, query: AuditQuery): Promise<Page<AuditRow>> {
  authorise(ctx, 'console.read');
  const found = await auditRows(query);
  const items = found.slice(0, query.limit).map(auditRow);
  return { items, nextCursor: found.length > query.limit ? items.at(-1)!.id : null };
}
