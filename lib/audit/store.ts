import type { AuditQuery } from '@/lib/audit/model';
import { prisma } from '@/lib/db/client';
import type { Prisma } from '@/lib/db/generated/client';
import { literally } from '@/lib/http/model';

const part = (text: string) => ({ contains: literally(text), mode: 'insensitive' as const });

/** Newest first. Ids carry their time, so paging by id is paging by time. */
export function auditRows(query: AuditQuery) {
  const and: Prisma.AuditEntryWhereInput[] = [];
  if (query.cursor) and.push({ id: { lt: query.cursor } });
  if (query.action)
    and.push({ action: query.action.includes('.') ? query.action : { startsWith: `${query.action}.` } });
  if (query.actor) and.push({ OR: [{ actorId: query.actor }, { actorName: part(query.actor) }] });
  if (query.actorKind) and.push({ actorKind: query.actorKind });
  if (query.target) and.push({ OR: [{ targetId: query.target }, { targetName: part(query.target) }] });
  if (query.from) and.push({ at: { gte: new Date(query.from) } });
  if (query.to) and.push({ at: { lte: new Date(query.to) } });
  if (query.q)
    and.push({
      OR: [
        { actorName: part(query.q) },
        { targetName: part(query.q) },
        { targetId: query.q },
        { reason: part(query.q) },
        { requestId: query.q },
      ],
    });
  return prisma().auditEntry.findMany({ where: { AND: and }, orderBy: { id: 'desc' }, take: query.limit + 1 });
}

/** A loose index scan: one look per action, however long the log is. */
export async function actionsSeen(): Promise<string[]> {
  const rows = await prisma().$queryRaw<{ action: string }[]>`with recursive seen(action, n) as (
      (select action, 1 from audit_entries order by action limit 1)
      union all
      select (select a.action from audit_entries a where a.action > seen.action order by a.action limit 1), n + 1
      from seen where seen.action is not null and n < 200)
    select action from seen where action is not null`;
  return rows.map((row) => row.action);
}
