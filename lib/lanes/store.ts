// Sessions with what they did, for lanes, and what analysts confirmed of them.
import { pool, prisma } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import { isOfInstance } from '@/lib/findings/holders-model';
import { TELL_PLACE } from '@/lib/findings/where-model';
import type { Deed, Held, LaneSession } from '@/lib/lanes/model';

export const SESSIONS_MOST = 500;
const TIMES_MOST = 200;
const DEEDS_MOST = 50_000;
/** Sessions of an identity that overlap [from, to], those that live before the others, then the newest; with what they did in it. */
export async function readLaneSessions(
  identityId: string,
  from: string,
  to: string,
  most = SESSIONS_MOST,
): Promise<LaneSession[]> {
  const { rows } = await pool().query<
    Omit<LaneSession, 'actions' | 'times' | 'ofInstance' | 'part'> & {
      actions: Record<string, number> | null;
      times: number[] | null;
      key: string;
      credential_kind: string | null;
    }
  >(
    `with own as (
       select s.* from sessions s where s.identity_id = $1 and s.started_at <= $3 and coalesce(s.ended_at, s.live_until, now()) >= $2
       order by (s.ended_at is null and (s.live_until is null or s.live_until > now())) desc, s.started_at desc limit $4
     ), acts as (
       select session_id, jsonb_object_agg(action, n) as actions from (
         select e.session_id, e.action, count(*)::int as n from session_events e
         where e.identity_id = $1 and e.at between $2 and $3 and e.session_id in (select id from own) and e.class <> 'session' group by 1, 2
       ) a group by 1
     ), asked as (
       select session_id, jsonb_object_agg(action, n) as actions from (
         select d.session_id, d.action, count(*)::int as n from decisions d
         where d.identity_id = $1 and d.at between $2 and $3 and d.session_id in (select id from own) and not d.dry_run group by 1, 2
       ) a group by 1
     )
     select own.id::text, own.label, own.network, own.agent, own.group_key as key, c.kind as credential_kind, nullif(concat_ws(' ', own.bound_key, own.device), '') as "boundTo",
       floor(extract(epoch from own.started_at) * 1000)::float8 as "from",
       floor(extract(epoch from coalesce(own.ended_at, own.last_event_at)) * 1000)::float8 as until,
       (own.ended_at is null and (own.live_until is null or own.live_until > now())) as live,
       coalesce(acts.actions, '{}') || coalesce(asked.actions, '{}') as actions,
       (select array_agg(t order by t) from (select floor(extract(epoch from e.at) * 1000)::float8 as t from session_events e
         where e.session_id = own.id and e.at between $2 and $3 order by e.at limit ${TIMES_MOST}) x) as times
     from own left join acts on acts.session_id = own.id left join asked on asked.session_id = own.id
       left join credentials c on c.id = own.credential_id`,
    [identityId, from, to, most],
  );
  return rows.map(({ key, credential_kind: credentialKind, ...row }) => ({
    ...row,
    actions: row.actions ?? {},
    times: row.times ?? [],
    ofInstance: isOfInstance({ key, credentialKind }),
  }));
}

/** What was done at which address, by which client, in those of these sessions that more than one address presented. */
export async function readDeeds(
  identityId: string,
  from: string,
  to: string,
  sessionIds: readonly string[],
): Promise<Deed[]> {
  const { rows } = await pool().query<Deed>(
    `with own as (
       select e.* from session_events e where e.identity_id = $1 and e.at between $2 and $3 and e.session_id = any($4::uuid[])
         and e.network is not null and not (e.class = 'session' and e.outcome = 'failure')
     ), several as (select session_id from own group by 1 having count(distinct network) > 1)
     select e.session_id::text as "sessionId", e.network, e.agent, e.region, e.source, e.action, e.class, p.attributes,
       count(*)::int as count,
       (array_agg(floor(extract(epoch from e.at) * 1000)::float8 order by e.at))[1:${TIMES_MOST}] as times
     from own e join several using (session_id) cross join lateral (
       select coalesce(jsonb_object_agg(name, value), '{}') as attributes from jsonb_each(e.attributes) a(name, value)
       where name = any($5)) p
     group by 1, 2, 3, 4, 5, 6, 7, 8 order by min(e.at) limit ${DEEDS_MOST}`,
    [identityId, from, to, sessionIds, TELL_PLACE],
  );
  return rows;
}

export async function countLive(identityId: string): Promise<number> {
  const { rows } = await pool().query<{ n: number }>(
    'select count(*)::int as n from sessions where identity_id = $1 and ended_at is null and (live_until is null or live_until > now())',
    [identityId],
  );
  return rows[0]!.n;
}

export const readHeld = (identityId: string) => prisma().lane.findMany({ where: { identityId }, take: 500 });

export async function lastLived(identityId: string): Promise<Date | null> {
  const { rows } = await pool().query<{ at: Date | null }>(
    'select coalesce(max(coalesce(ended_at, now())), null) as at from sessions where identity_id = $1',
    [identityId],
  );
  return rows[0]?.at ?? null;
}

export const identityName = async (tx: Tx, id: string): Promise<string | null> =>
  (await tx.identity.findUnique({ where: { id }, select: { name: true } }))?.name ?? null;

export async function writeHeld(
  tx: Tx,
  lane: { identityId: string; fingerprint: string; name: string; held: Held; byName: string; at: Date },
): Promise<void> {
  const { identityId, fingerprint, ...rest } = lane;
  await tx.lane.upsert({
    where: { identityId_fingerprint: { identityId, fingerprint } },
    create: lane,
    update: rest,
  });
}
