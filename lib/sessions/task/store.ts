import { prisma } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';

interface Ended {
  issuer: string;
  id: string;
  at: Date;
  by: string;
  reason: string | undefined;
}

/** False where it was declared over before. */
export async function markEnded(tx: Tx, { issuer, id, at, by, reason }: Ended): Promise<boolean> {
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
