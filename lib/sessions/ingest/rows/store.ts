// Writes what correlation made, and the counters of identities that follow from it.
import type { Tx } from '@/lib/db/transaction';

export interface SessionWrite {
  id: string;
  isNew: boolean;
  identityId: string;
  credentialId: string | null;
  source: string;
  groupKey: string;
  /** ISO 8601. */
  startedAt: string;
  lastEventAt: string;
  state: 'live' | 'ended';
  liveUntil: string | null;
  endedAt: string | null;
  endedBy: 'itself' | 'timeout' | null;
  /** Keeps who ended it and when. */
  sealed: boolean;
  /** null: a stored session keeps its own. */
  kind: string | null;
  label: string | null;
  network: string | null;
  region: string | null;
  agent: string | null;
  key: string | null;
  events: number;
  reads: number;
  changes: number;
}

const RECORD = `x(id uuid, "isNew" boolean, "identityId" uuid, "credentialId" uuid, source text, "groupKey" text,
  "startedAt" timestamptz, "lastEventAt" timestamptz, state text, "liveUntil" timestamptz, "endedAt" timestamptz, "endedBy" text,
  sealed boolean, kind text, label text, network text, region text, agent text, key text, events int, reads int, changes int)`;

/** Stored sessions that are part of another one: their events and counts move there, their rows go. */
export async function mergeSessions(tx: Tx, merged: { id: string; into: string }[]): Promise<void> {
  if (merged.length === 0) return;
  const list = JSON.stringify(merged);
  await tx.$executeRaw`
    update session_events e set session_id = m."into" from jsonb_to_recordset(${list}::jsonb) m(id uuid, "into" uuid)
    where e.session_id = m.id`;
  await tx.$executeRaw`
    update sessions s set event_count = s.event_count + a.events, read_count = s.read_count + a.reads, change_count = s.change_count + a.changes
    from (select m."into" as id, sum(o.event_count)::int as events, sum(o.read_count)::int as reads, sum(o.change_count)::int as changes
          from jsonb_to_recordset(${list}::jsonb) m(id uuid, "into" uuid) join sessions o on o.id = m.id group by 1) a
    where s.id = a.id`;
  await tx.$executeRaw`
    delete from sessions s using jsonb_to_recordset(${list}::jsonb) m(id uuid, "into" uuid) where s.id = m.id`;
}

/** Stored closes that belong to another session, or to none any more. */
export async function moveCloses(tx: Tx, moved: { from: string; at: string; into: string | null }[]): Promise<void> {
  if (moved.length === 0) return;
  await tx.$executeRaw`
    with moved as (
      update session_events e set session_id = m."into"
      from jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) m("from" uuid, at timestamptz, "into" uuid)
      where e.session_id = m."from" and e.at = m.at and e.action = 'session.close' returning m."from", m."into"
    ), delta as (
      select id, sum(n)::int as n from (select "from" as id, -1 as n from moved union all select "into", 1 from moved where "into" is not null) d group by 1
    )
    update sessions s set event_count = s.event_count + d.n from delta d where s.id = d.id`;
}

export async function writeSessions(tx: Tx, list: SessionWrite[]): Promise<void> {
  if (list.length === 0) return;
  const json = JSON.stringify(list).replace(/\\u0000/g, '');
  await tx.$executeRawUnsafe(
    `update sessions s set started_at = x."startedAt", last_event_at = greatest(x."lastEventAt", x."startedAt"),
       last_validated_at = greatest(x."lastEventAt", x."startedAt"),
       state = case when x.sealed then s.state else x.state end, live_until = case when x.sealed then s.live_until else x."liveUntil" end,
       ended_at = case when x.sealed then s.ended_at else x."endedAt" end, ended_by = case when x.sealed then s.ended_by else x."endedBy" end,
       kind = coalesce(x.kind, s.kind), label = coalesce(x.label, s.label),
       network = case when x.label is null then s.network else x.network end,
       region = case when x.label is null then s.region else x.region end,
       agent = case when x.label is null then s.agent else x.agent end,
       key = case when x.label is null then s.key else x.key end,
       credential_id = case when x.label is null then s.credential_id else x."credentialId" end,
       event_count = s.event_count + x.events, read_count = s.read_count + x.reads, change_count = s.change_count + x.changes
     from jsonb_to_recordset($1::jsonb) ${RECORD} where not x."isNew" and s.id = x.id`,
    json,
  );
  await tx.$executeRawUnsafe(
    `insert into sessions (id, identity_id, credential_id, source, observed_by, group_key, kind, label, state, started_at, last_event_at,
       last_validated_at, live_until, ended_at, ended_by, network, region, agent, key, event_count, read_count, change_count)
     select id, "identityId", "credentialId", source, 'derived', "groupKey", coalesce(kind, 'api'), coalesce(label, source), state,
       "startedAt", "lastEventAt", "lastEventAt", "liveUntil", "endedAt", "endedBy", network, region, agent, key, events, reads, changes
     from jsonb_to_recordset($1::jsonb) ${RECORD} where x."isNew"`,
    json,
  );
}

/** Closes that were stored without a session and now have one. */
export async function adoptOrphans(tx: Tx, adopted: { eventId: string; sessionId: string }[]): Promise<void> {
  if (adopted.length === 0) return;
  await tx.$executeRaw`
    update session_events e set session_id = a."sessionId", attributes = e.attributes - 'unopened'
    from jsonb_to_recordset(${JSON.stringify(adopted)}::jsonb) a("eventId" uuid, "sessionId" uuid)
    where e.id = a."eventId" and e.session_id is null`;
}

/** Sessions whose log has ended without their close: they lasted until its last line. Live ones keep their `liveUntil`. */
export async function endUnclosed(
  tx: Tx,
  ids: string[],
  at: { lastLine: string; liveUntil: string | null },
): Promise<void> {
  if (ids.length === 0) return;
  await tx.$executeRaw`
    update sessions set last_event_at = greatest(last_event_at, ${at.lastLine}::timestamptz),
      last_validated_at = greatest(last_event_at, ${at.lastLine}::timestamptz),
      live_until = ${at.liveUntil}::timestamptz, state = case when ${at.liveUntil}::timestamptz is null then 'ended' else 'live' end,
      ended_at = case when ${at.liveUntil}::timestamptz is null then greatest(started_at, ${at.lastLine}::timestamptz) end,
      ended_by = case when ${at.liveUntil}::timestamptz is null then 'timeout' end
    where id in (select x::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb) x)
      and (ended_by is null or ended_by = 'timeout')`;
}

/** Sources and times an identity was seen at, from what was just stored. */
export async function touchIdentities(
  tx: Tx,
  source: string,
  seen: { id: string; first: string; last: string }[],
): Promise<void> {
  await tx.$executeRaw`
    update identities i set last_seen_at = greatest(i.last_seen_at, x.last), first_seen_at = least(i.first_seen_at, x.first),
      sources = case when ${source}::text = any(i.sources) then i.sources else i.sources || ${source}::text end
    from (select * from jsonb_to_recordset(${JSON.stringify(seen)}::jsonb) y(id uuid, first timestamptz, last timestamptz) order by id) x
    where i.id = x.id`;
}

/** Counts and peaks of identities over all their sessions. Starts count before ends at one instant. */
export async function countSessions(tx: Tx, ids: string[]): Promise<void> {
  await tx.$executeRaw`
    with touched as (select x::uuid as id from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb) x),
    own as materialized (select s.identity_id, s.started_at, s.ended_at from sessions s join touched t on t.id = s.identity_id),
    marks as (
      select identity_id, started_at as at, 1 as by from own
      union all select identity_id, greatest(ended_at, started_at), -1 from own where ended_at is not null
    ), running as (
      select identity_id, at, sum(by) over (partition by identity_id order by at, by desc rows unbounded preceding) as open from marks
    ), peak as (
      select distinct on (identity_id) identity_id, open::int as open, at from running order by identity_id, open desc, at
    ), total as (select identity_id, count(*)::int as n from own group by 1)
    update identities i set session_count = coalesce(total.n, 0), peak_sessions = coalesce(peak.open, 0), peak_at = peak.at
    from touched t left join peak on peak.identity_id = t.id left join total on total.identity_id = t.id
    where i.id = t.id and (i.session_count, i.peak_sessions, i.peak_at) is distinct from (coalesce(total.n, 0), coalesce(peak.open, 0), peak.at)`;
}
