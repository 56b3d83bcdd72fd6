import { prisma } from '@/lib/db/client';
import type { PlaybookObject, Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import type { Whose } from '@/lib/playbooks/acts/store';

const MOST = 200;

/** Whom and what these name. */
export const whoseOfObjects = (objects: readonly Pick<PlaybookObject, 'kind' | 'ref'>[]): Whose => {
  const of = (...kinds: string[]) => objects.filter((one) => kinds.includes(one.kind)).map((one) => one.ref);
  return {
    identityIds: of('identity'),
    sessionIds: of('session'),
    runtimes: of('runtime', 'pod'),
    devices: of('host'),
    runs: of('run'),
  };
};

export interface LiveObject {
  id: string;
  identityId: string;
  identityName: string;
  identityState: string;
  label: string;
  source: string;
  lastValidatedAt: Date | null;
  lastEventAt: Date;
  /** The ids of the objects it belongs to. */
  objectIds: string[];
}

/** Live sessions of linked objects, whoever holds them: of those that have to end first. */
export const liveOfObjects = (playbookId: string): Promise<LiveObject[]> =>
  prisma().$queryRaw<LiveObject[]>`
    with linked as (select id, kind, ref, role from playbook_objects where playbook_id = ${playbookId}::uuid and removed_at is null),
    named as (
      select o.id as object_id, s.id from linked o join sessions s on s.identity_id = case when o.kind = 'identity' then o.ref::uuid end where s.ended_at is null
      union all
      select o.id, s.id from linked o join sessions s on s.id = case when o.kind = 'session' then o.ref::uuid end where s.ended_at is null
      union all
      select o.id, s.id from linked o join sessions s on s.device = o.ref where o.kind = 'host' and s.ended_at is null
      union all
      select o.id, s.id from linked o join sessions s on s.run = o.ref where o.kind = 'run' and s.ended_at is null
      union all
      select o.id, s.id from linked o join sessions s on s.runtime = o.ref where o.kind in ('runtime', 'pod') and s.ended_at is null
    )
    select s.id::text, s.identity_id::text as "identityId", i.name as "identityName", i.state as "identityState", s.label, s.source,
      s.last_validated_at as "lastValidatedAt", s.last_event_at as "lastEventAt", array_agg(n.object_id::text) as "objectIds"
    from named n join linked l on l.id = n.object_id join sessions s on s.id = n.id join identities i on i.id = s.identity_id
    group by s.id, i.id order by bool_or(l.role = 'involved') desc, s.started_at desc limit ${MOST}`;

/** What identities and sessions are called; of what does not exist nothing. */
export async function namesOfRefs(
  objects: readonly Pick<PlaybookObject, 'kind' | 'ref'>[],
  tx?: Tx,
): Promise<Map<string, { name: string; identityId: string }>> {
  const db = tx ?? prisma();
  const ids = (kind: string) => objects.filter((one) => one.kind === kind).map((one) => one.ref);
  const [identities, sessions] = await Promise.all([
    db.identity.findMany({ where: { id: { in: ids('identity') } }, select: { id: true, name: true } }),
    db.session.findMany({ where: { id: { in: ids('session') } }, select: { id: true, label: true, identityId: true } }),
  ]);
  return new Map([
    ...identities.map((one) => [one.id, { name: one.name, identityId: one.id }] as const),
    ...sessions.map((one) => [one.id, { name: one.label, identityId: one.identityId }] as const),
  ]);
}

export const sessionsIn = (tx: Tx, ids: string[]) =>
  tx.session.findMany({
    where: { id: { in: ids } },
    select: { id: true, identityId: true, runtime: true, device: true, run: true },
    orderBy: { startedAt: 'asc' },
    take: 50,
  });

export const insertObjects = (tx: Tx, data: Prisma.PlaybookObjectCreateManyInput[]) =>
  tx.playbookObject.createMany({ data, skipDuplicates: true });

/** What was taken out before and is linked again is in the case again, under its new reason. */
export const linkOne = (tx: Tx, data: Prisma.PlaybookObjectUncheckedCreateInput) => {
  const { playbookId, kind, ref } = data;
  const again = { role: data.role, reason: data.reason, linkedAt: data.linkedAt, linkedBy: data.linkedBy };
  return tx.playbookObject.upsert({
    where: { playbookId_kind_ref: { playbookId, kind, ref } },
    create: data,
    update: { ...again, removedAt: null, removedBy: null, removedReason: null },
    select: { id: true },
  });
};
export const changeObject = (tx: Tx, id: string, data: Prisma.PlaybookObjectUpdateInput) =>
  tx.playbookObject.update({ where: { id }, data });
