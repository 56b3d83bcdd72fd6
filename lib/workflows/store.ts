import { prisma } from '@/lib/db/client';
import { Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import type { WorkflowRow } from '@/lib/workflows/model';

/** Changes of workflows go one after the other: there are few, and each looks at what the others left. */
export const lockWorkflows = (tx: Tx) =>
  tx.$queryRaw`select 1 from (select pg_advisory_xact_lock(hashtextextended('braid.workflows', 0))) l`;

export const findWorkflow = (tx: Tx, id: string) => tx.workflow.findUnique({ where: { id } });
export const workflowNamed = (tx: Tx, name: string) => tx.workflow.findUnique({ where: { name } });
export const insertWorkflow = (tx: Tx, id: string, name: string) => tx.workflow.create({ data: { id, name } });
export const renameWorkflow = (tx: Tx, id: string, name: string) =>
  tx.workflow.update({ where: { id }, data: { name } });
export const deleteWorkflow = (tx: Tx, id: string) => tx.workflow.delete({ where: { id } });

export const identitiesOf = async (tx: Tx, workflowId: string): Promise<{ id: string; name: string }[]> =>
  tx.identity.findMany({
    where: { memberships: { some: { workflowId } } },
    select: { id: true, name: true },
    orderBy: { id: 'asc' },
  });

/** Those of the ids that stand for themselves: not the history of one that goes on under another id. */
export const standing = (tx: Tx, ids: string[]) =>
  tx.$queryRaw<{ id: string; name: string }[]>`
    select id::text, name from identities where id = any(${ids}::uuid[]) and attributes ->> 'continuedAs' is null order by id`;

/** Returns the ids that were not in it before. */
export async function insertIdentities(tx: Tx, workflowId: string, ids: string[]): Promise<string[]> {
  const added = await tx.$queryRaw<{ id: string }[]>`
    insert into workflow_members (workflow_id, identity_id) select ${workflowId}::uuid, q from unnest(${ids}::uuid[]) q order by q
    on conflict do nothing returning identity_id::text as id`;
  return added.map((one) => one.id);
}

/** Returns the ids that were in it. */
export async function deleteIdentities(tx: Tx, workflowId: string, ids: string[]): Promise<string[]> {
  const taken = await tx.$queryRaw<{ id: string }[]>`
    delete from workflow_members where workflow_id = ${workflowId}::uuid and identity_id = any(${ids}::uuid[])
    returning identity_id::text as id`;
  return taken.map((one) => one.id);
}

export const countIdentities = (tx: Tx, workflowId: string) => tx.workflowMember.count({ where: { workflowId } });

/** Who of them now works for more than `most` workflows; null: nobody. */
export async function overfull(tx: Tx, ids: string[], most: number): Promise<string | null> {
  const found = await tx.$queryRaw<{ name: string }[]>`
    select i.name from identities i where i.id = any(${ids}::uuid[])
      and (select count(*) from workflow_members m where m.identity_id = i.id) > ${most} order by i.name limit 1`;
  return found[0]?.name ?? null;
}

/** Until when an exemption names it; null: none stands. */
export async function exemptUntil(tx: Tx, workflowId: string, now: Date): Promise<Date | null> {
  const found = await tx.policyExemption.findFirst({
    where: { workflowId, endedAt: null, until: { gt: now } },
    orderBy: { until: 'desc' },
  });
  return found?.until ?? null;
}

interface Read {
  id: string;
  name: string;
  identities: number;
  live: number;
  created_at: Date;
}

const rowOf = (read: Read): WorkflowRow => ({
  id: read.id,
  name: read.name,
  identities: read.identities,
  liveSessions: read.live,
  createdAt: read.created_at.toISOString(),
});

const COLUMNS = Prisma.sql`w.id::text, w.name, w.created_at,
  (select count(*)::int from workflow_members m where m.workflow_id = w.id) as identities,
  (select count(*)::int from workflow_members m join sessions s on s.identity_id = m.identity_id
    where m.workflow_id = w.id and s.ended_at is null and (s.live_until is null or s.live_until > now())) as live`;

/** By name; one more than asked for, when there is more. */
export async function readWorkflows(
  { q, limit }: { q?: string; limit: number },
  after: string | null,
): Promise<WorkflowRow[]> {
  const where = [Prisma.sql`true`];
  if (q) where.push(Prisma.sql`w.name ilike ${`%${q.replace(/[\\%_]/g, '\\$&')}%`}`);
  if (after !== null) where.push(Prisma.sql`w.name > ${after}`);
  const rows = await prisma().$queryRaw<Read[]>`
    select ${COLUMNS} from (select * from workflows w where ${Prisma.join(where, ' and ')} order by w.name limit ${limit + 1}) w
     order by w.name`;
  return rows.map(rowOf);
}

export async function readWorkflow(id: string): Promise<WorkflowRow | null> {
  const rows = await prisma().$queryRaw<Read[]>`select ${COLUMNS} from workflows w where w.id = ${id}::uuid`;
  return rows[0] ? rowOf(rows[0]) : null;
}
