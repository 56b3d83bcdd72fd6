import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type AuditQuery, type AuditRow, auditRowSchema } from '@/lib/audit/model';
import { auditRows } from '@/lib/audit/store';
import type { Page } from '@/lib/http/model';

/** The audit log, newest first. */
export async function list(ctx: Ctx, query: AuditQuery): Promise<Page<AuditRow>> {
  authorise(ctx, 'console.read');
  const found = await auditRows(query);
  const items = found.slice(0, query.limit).map(({ seq, ...row }) =>
    auditRowSchema.parse({
      ...row,
      sealedAs: seq?.toString() ?? null,
      at: row.at.toISOString(),
      targetName: row.targetName?.slice(0, 1000) ?? null,
      reason: row.reason?.slice(0, 4000) ?? null,
    }),
  );
  return { items, nextCursor: found.length > query.limit ? items.at(-1)!.id : null };
}
