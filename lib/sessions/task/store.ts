import { prisma } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import { TASK_OVER_DAYS } from '@/lib/sessions/task-model';

const DAY_MS = 86_400_000;
/** What was declared over then or before is over no longer. */
const forgottenAt = (now: Date): Date => new Date(now.getTime() - TASK_OVER_DAYS * DAY_MS);

interface Ended {
  issuer: string;
  id: string;
  at: Date;
  by: string;
  reason: string | undefined;
}

/** False where it was declared over before, and that still holds. */
export async function markEnded(tx: Tx, { issuer, id, at, by, reason }: Ended): Promise<boolean> {
  await tx.task.deleteMany({ where: { issuer, id, completedAt: { lte: forgottenAt(at) } } });
  const made = await tx.task.createMany({
    data: [{ issuer, id, completedAt: at, completedBy: by.slice(0, 200), reason: reason || null }],
    skipDuplicates: true,
  });
  return made.count > 0;
}

/**
 * Live sessions that say they work on a task, of this namespace: declared by its callers, seen by a connector whose names are
 * read in it, or of an identity it has a name for, where what saw the session is of no namespace (an import).
 */
export async function liveOfTask(
  issuer: string,
  task: string,
  most: number,
): Promise<{ ids: string[]; total: number }> {
  const rows = await prisma().$queryRaw<{ id: string; total: number }[]>`
    select s.id::text, (count(*) over ())::int as total from sessions s left join connectors c on c.id = s.connector_id
     where s.task = ${task} and s.ended_at is null
       and case when s.source = 'pdp' then s.group_key::json ->> 0 = ${issuer}
                when c.id is not null then c.issuer = ${issuer}
                else exists (select from identity_aliases a where a.identity_id = s.identity_id and a.issuer = ${issuer}) end
     order by s.started_at, s.id limit ${most}`;
  return { ids: rows.map((row) => row.id), total: rows[0]?.total ?? 0 };
}

/** The task a session names, and the namespaces it may have been named in: several where only its identity’s names tell. */
export async function taskOfSession(id: string): Promise<{ issuers: string[]; task: string } | null> {
  const rows = await prisma().$queryRaw<{ issuer: string | null; named: string[]; task: string | null }[]>`
    select s.task, coalesce(case when s.source = 'pdp' then s.group_key::json ->> 0 end, c.issuer) as issuer,
           array(select distinct a.issuer from identity_aliases a
                  where a.identity_id = s.identity_id and a.issuer not like 'connector:%' order by 1) as named
      from sessions s left join connectors c on c.id = s.connector_id where s.id = ${id}::uuid`;
  const [row] = rows;
  if (!row?.task) return null;
  if (row.issuer !== null) return { issuers: [row.issuer], task: row.task };
  return { issuers: row.named.length ? row.named : ['default'], task: row.task };
}

/** Has this token been allowed anything in a session of its namespace that names the task? What was only looked at does not count. */
export async function spokeFor(tokenId: string, issuer: string, task: string): Promise<boolean> {
  const [row] = await prisma().$queryRaw<{ spoke: boolean }[]>`
    select exists (select from sessions s join decisions d on d.session_id = s.id
     where s.task = ${task} and s.source = 'pdp' and s.group_key::json ->> 0 = ${issuer}
       and d.token_id = ${tokenId}::uuid and d.verdict = 'allow' and not d.dry_run) as spoke`;
  return row!.spoke;
}

/** False where it was not declared over. */
export async function unmarkEnded(tx: Tx, issuer: string, id: string): Promise<boolean> {
  return (await tx.task.deleteMany({ where: { issuer, id } })).count > 0;
}

/** Tasks that are over now, the latest first; `cursor`: the last one of the page before. */
export function endedTasks(
  now: Date,
  {
    issuer,
    cursor,
    limit,
  }: { issuer?: string | undefined; cursor?: { at: Date; issuer: string; id: string }; limit: number },
) {
  const after = cursor && [
    { completedAt: { lt: cursor.at } },
    { completedAt: cursor.at, issuer: { gt: cursor.issuer } },
    { completedAt: cursor.at, issuer: cursor.issuer, id: { gt: cursor.id } },
  ];
  return prisma().task.findMany({
    where: { completedAt: { gt: forgottenAt(now) }, ...(issuer ? { issuer } : {}), ...(after ? { OR: after } : {}) },
    orderBy: [{ completedAt: 'desc' }, { issuer: 'asc' }, { id: 'asc' }],
    take: limit + 1,
  });
}

/** Since when, by whom and why a task is over; null: it is not. */
export function endedTask(now: Date, issuers: string[], id: string) {
  return prisma().task.findFirst({
    where: { id, issuer: { in: issuers }, completedAt: { gt: forgottenAt(now) } },
    orderBy: { completedAt: 'desc' },
  });
}

/** Drops tasks that are over no longer. */
export async function forgetTasks(now: Date): Promise<number> {
  return (await prisma().task.deleteMany({ where: { completedAt: { lte: forgottenAt(now) } } })).count;
}
