import { prisma } from '@/lib/db/client';
import type { Relative } from '@/lib/sessions/model';

const ANCESTORS = 20;
const CHILDREN = 100;

interface Read {
  id: string;
  identity_id: string;
  name: string;
  source: string;
  label: string;
  lineage: Relative['lineage'];
  state: Relative['state'];
  started_at: Date;
  ended_at: Date | null;
}

const relativeOf = (read: Read): Relative => ({
  id: read.id,
  identityId: read.identity_id,
  identityName: read.name,
  source: read.source,
  label: read.label,
  lineage: read.lineage,
  state: read.ended_at ? 'ended' : read.state,
  startedAt: read.started_at.toISOString(),
  endedAt: read.ended_at?.toISOString() ?? null,
});

/** Whom a session stems from, nearest first, and what stems from it directly, earliest first. */
export async function readRelatives(id: string, now: Date): Promise<{ ancestors: Relative[]; children: Relative[] }> {
  const [ancestors, children] = await Promise.all([
    prisma().$queryRaw<Read[]>`
      with recursive up as (
        select p.*, 1 as depth from sessions c join sessions p on p.id = c.parent_id where c.id = ${id}::uuid
        union all
        select p.*, up.depth + 1 from up join sessions p on p.id = up.parent_id where up.depth < ${ANCESTORS} and p.id <> ${id}::uuid
      )
      select u.id::text, u.identity_id::text, i.name, u.source, u.label, u.lineage, u.state, u.started_at,
        coalesce(u.ended_at, case when u.live_until <= ${now}::timestamptz then u.last_event_at end) as ended_at
      from up u join identities i on i.id = u.identity_id order by u.depth limit ${ANCESTORS}`,
    prisma().$queryRaw<Read[]>`
      select s.id::text, s.identity_id::text, i.name, s.source, s.label, s.lineage, s.state, s.started_at,
        coalesce(s.ended_at, case when s.live_until <= ${now}::timestamptz then s.last_event_at end) as ended_at
      from sessions s join identities i on i.id = s.identity_id where s.parent_id = ${id}::uuid
      order by s.started_at, s.id limit ${CHILDREN}`,
  ]);
  return { ancestors: ancestors.map(relativeOf), children: children.map(relativeOf) };
}
