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

/** Live sessions that say they work on a task: declared ones of this issuer, and those a system says it of. */
export async function liveOfTask(issuer: string, task: string): Promise<string[]> {
  const rows = await prisma().$queryRaw<{ id: string }[]>`
    select id::text from sessions
     where task = ${task} and ended_at is null
       and (source <> 'pdp' or group_key::json ->> 0 = ${issuer})
     order by started_at, id limit 2000`;
  return rows.map((row) => row.id);
}
