import { prisma } from '@/lib/db/client';
import { KEYS_MOST } from '@/lib/sessions/reuse-model';
import type { Told } from '@/lib/sessions/reuse-state';

/** Kinds of use beyond these are not looked at. */
const TOLD_MOST = 2_000;

/** Sessions of the credentials an identity was seen with since then, whoever they are of. By index of the key's beginning. */
export const readUses = (identityId: string, since: Date, now: Date): Promise<Told[]> => prisma().$queryRaw<Told[]>`
  with mine as (
    select s.key, max(s.last_event_at) as last from sessions s
     where s.identity_id = ${identityId}::uuid and s.key is not null and s.last_event_at >= ${since}::timestamptz
     group by s.key order by last desc, s.key limit ${KEYS_MOST}
  )
  select m.key, s.identity_id::text as "identityId", i.name as "identityName", s.agent as tool, s.source, s.network, s.scope,
         count(*)::int as sessions,
         (count(*) filter (where s.ended_at is null and (s.live_until is null or s.live_until > ${now}::timestamptz)))::int as live,
         max(s.last_event_at) as "lastAt"
    from mine m
    join sessions s on left(s.key, 80) = left(m.key, 80) and s.key = m.key and s.last_event_at >= ${since}::timestamptz
    join identities i on i.id = s.identity_id
   group by 1, 2, 3, 4, 5, 6, 7 order by sessions desc limit ${TOLD_MOST}`;
