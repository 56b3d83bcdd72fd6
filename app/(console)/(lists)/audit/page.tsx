import type { Metadata } from 'next';
import { proveLog, signLog } from '@/app/(console)/audit/actions';
import { AuditLog } from '@/components/audit/audit-log';
import { currentOperator } from '@/lib/access/operator';
import { auditFilters } from '@/lib/audit/format';
import { list } from '@/lib/audit/list';
import { listActions } from '@/lib/audit/list-actions';
import { auditQuerySchema } from '@/lib/audit/model';
import { logStanding } from '@/lib/decisions/log-standing';

export const metadata: Metadata = { title: 'Audit log' };

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function AuditPage({ searchParams }: { searchParams: Search }) {
  const ctx = await currentOperator();
  const query = auditQuerySchema.safeParse(auditFilters(await searchParams));
  const initial = await list(ctx, query.data ?? auditQuerySchema.parse({}));
  return (
    <AuditLog
      initial={query.success ? initial : undefined}
      actions={await listActions(ctx)}
      standing={await logStanding(ctx)}
      prove={proveLog}
      sign={signLog}
    />
  );
}
