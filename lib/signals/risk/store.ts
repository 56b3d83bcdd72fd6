import type { Tx } from '@/lib/db/transaction';
import { highest, type RiskLevel } from '@/lib/signals/event-model';

export interface Said {
  identityId: string;
  /** `braid`, or the id of a signal source. */
  source: string;
  level: RiskLevel;
  reason: string;
  at: Date;
}

/**
 * Writes what one source says of an identity's risk, and the highest of all onto the identity. LOW from a source that never
 * said anything else is not written.
 */
export async function changeRisk(tx: Tx, said: Said): Promise<{ changed: boolean; before: RiskLevel | null }> {
  const { identityId, source, level, at } = said;
  const where = { identityId_source: { identityId, source } };
  const known = await tx.identityRisk.findUnique({ where });
  const before = (known?.level as RiskLevel | undefined) ?? null;
  if (before === level || (before === null && level === 'LOW')) return { changed: false, before };
  await tx.$queryRaw`select 1 from identities where id = ${identityId}::uuid for update`;
  const written = { level, previous: before, reason: said.reason.slice(0, 1000), at };
  await tx.identityRisk.upsert({ where, create: { identityId, source, ...written }, update: written });
  const all = await tx.identityRisk.findMany({ where: { identityId }, select: { level: true } });
  await tx.identity.updateMany({ where: { id: identityId }, data: { risk: highest(all.map((one) => one.level)) } });
  return { changed: true, before };
}

export interface RiskChange {
  identityId: string;
  level: RiskLevel;
}

/**
 * Of these identities those whose risk, as Braid itself sees it, is another than it last said: HIGH while paused or revoked or
 * with an open finding that is critical or high, MEDIUM with one that is medium or a limit it crossed, else LOW.
 */
export async function changedRisks(tx: Tx, identityIds: readonly string[]): Promise<RiskChange[]> {
  return tx.$queryRaw<RiskChange[]>`
    select * from (
      select i.id::text as "identityId", coalesce(r.level, 'LOW') as said,
             case when i.state <> 'active' or coalesce(f.high, false) then 'HIGH'
                  when coalesce(f.medium, false) then 'MEDIUM' else 'LOW' end as level
        from identities i
        left join identity_risks r on r.identity_id = i.id and r.source = 'braid'
        left join lateral (
          select bool_or(severity in ('critical', 'high')) as high, bool_or(severity = 'medium' or detector = 'limit-crossed') as medium
            from findings where identity_id = i.id and state in ('open', 'acknowledged') and detector <> 'shared-signal') f on true
       where i.id = any(${[...identityIds]}::uuid[])) as now
     where said <> level order by 1`;
}
