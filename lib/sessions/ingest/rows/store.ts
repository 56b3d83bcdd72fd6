// Writes what correlation made: new rows by COPY, changes set-based.
import { copyField, copyIn, copyJson, storable } from '@/lib/db/copy';
import type { Db } from '@/lib/sessions/ingest/store';
import type { SessionEventInput } from '@/lib/sessions/model';
import { NOTHING, type Told, type ToldColumns } from '@/lib/sessions/told-state';

export interface SessionWrite extends ToldColumns {
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
  unclosed: boolean;
  /** false: a stored session keeps what it is about. */
  about: boolean;
  kind: string;
  label: string;
  network: string | null;
  region: string | null;
  agent: string | null;
  key: string | null;
  firstEvent: string | null;
  told: Told;
  /** Counts stand instead of the stored ones, not beside them. */
  anew: boolean;
  events: number;
  reads: number;
  changes: number;
}

/** Somebody ended it, perhaps while this batch was being correlated: that end stands. */
const ENDED_HERE = `coalesce(s.ended_by in ('operator', 'policy', 'signal', 'system'), false)`;

/** Stored sessions that are part of another one: their events and counts move there, their rows go. */
export async function mergeSessions(db: Db, merged: { id: string; into: string; leads?: boolean }[]): Promise<void> {
  if (merged.length === 0) return;
  const list = [JSON.stringify(merged)];
  await db.query(
    `update session_events e set session_id = m."into" from jsonb_to_recordset($1::jsonb) m(id uuid, "into" uuid) where e.session_id = m.id`,
    list,
  );
  await db.query(
    `update mints t set session_id = m."into" from jsonb_to_recordset($1::jsonb) m(id uuid, "into" uuid) where t.session_id = m.id`,
    list,
  );
  await db.query(
    `update sessions c set parent_id = m."into" from jsonb_to_recordset($1::jsonb) m(id uuid, "into" uuid) where c.parent_id = m.id`,
    list,
  );
  await db.query(
    `update sessions s set event_count = s.event_count + a.events, read_count = s.read_count + a.reads, change_count = s.change_count + a.changes
     from (select m."into" as id, sum(o.event_count)::int as events, sum(o.read_count)::int as reads, sum(o.change_count)::int as changes
           from jsonb_to_recordset($1::jsonb) m(id uuid, "into" uuid) join sessions o on o.id = m.id group by 1) a
     where s.id = a.id`,
    list,
  );
  await db.query(
    `update sessions s set told_by = x.all
     from (select m."into" as id, array(select distinct t from sessions o, unnest(o.told_by) t
             where o.id = m."into" or o.id = any(array_agg(m.id)) order by t) as all
           from jsonb_to_recordset($1::jsonb) m(id uuid, "into" uuid) group by 1) x
     where s.id = x.id and s.told_by is distinct from x.all`,
    list,
  );
  await db.query(
    `update sessions s set kind = o.kind, label = o.label, network = o.network, region = o.region, agent = o.agent, key = o.key,
       credential_id = o.credential_id
     from jsonb_to_recordset($1::jsonb) m(id uuid, "into" uuid, leads boolean) join sessions o on o.id = m.id
     where m.leads and s.id = m."into"`,
    list,
  );
  await db.query(
    `delete from sessions s using jsonb_to_recordset($1::jsonb) m(id uuid, "into" uuid) where s.id = m.id and not ${ENDED_HERE}`,
    list,
  );
}

/** Rows that are no session any more, now that their key was told anew. */
export async function dropSessions(db: Db, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.query(`update sessions set parent_id = null where parent_id = any($1::uuid[])`, [ids]);
  await db.query(`delete from sessions s where s.id = any($1::uuid[]) and not ${ENDED_HERE}`, [ids]);
}

/**
 * Stored closes that belong to another session, or to none any more. Returns how many each session was given: that counts
 * once it is written (`countCloses`), which it may not be yet.
 */
export async function moveCloses(
  db: Db,
  moved: { from: string; at: string; into: string | null }[],
): Promise<{ id: string; n: number }[]> {
  if (moved.length === 0) return [];
  const { rows } = await db.query<{ id: string; n: number }>(
    `with moved as (
       update session_events e set session_id = m."into",
         attributes = case when m."into" is null then e.attributes || jsonb_build_object('unopened', s.group_key) else e.attributes end
       from jsonb_to_recordset($1::jsonb) m("from" uuid, at timestamptz, "into" uuid), sessions s
       where e.session_id = m."from" and s.id = m."from" and e.at = m.at and (e.told->>'phase' = 'close' or e.action = 'session.close')
       returning m."from", m."into"
     ), taken as (
       update sessions s set event_count = s.event_count - d.n
         from (select "from" as id, count(*)::int as n from moved group by 1) d where s.id = d.id
     )
     select "into"::text as id, count(*)::int as n from moved where "into" is not null group by 1`,
    [JSON.stringify(moved)],
  );
  return rows;
}

/** Counts closes that were moved with the sessions they were moved to, all of which are written by now. */
export async function countCloses(db: Db, given: { id: string; n: number }[]): Promise<void> {
  if (given.length === 0) return;
  await db.query(
    `update sessions s set event_count = s.event_count + x.n from jsonb_to_recordset($1::jsonb) x(id uuid, n int) where s.id = x.id`,
    [JSON.stringify(given)],
  );
}

const UPDATED = `x(id uuid, "credentialId" uuid, "startedAt" timestamptz, "lastEventAt" timestamptz, state text,
  "liveUntil" timestamptz, "endedAt" timestamptz, "endedBy" text, sealed boolean, unclosed boolean, about boolean, kind text, label text,
  network text, region text, agent text, key text, "firstEvent" uuid, told jsonb, anew boolean, events int, reads int, changes int,
  device text, runtime text, "boundKey" text, scope text, task text, run text, consent jsonb, "trustedAt" timestamptz, acr text,
  "expiresAt" timestamptz, tags jsonb, lineage text, "parentRef" text, "observedBy" text)`;

const UPDATE = `
  update sessions s set started_at = x."startedAt",
    last_event_at = case when x.sealed or ${ENDED_HERE} then s.last_event_at else greatest(x."lastEventAt", x."startedAt") end,
    last_validated_at = case when x.sealed or ${ENDED_HERE} then s.last_validated_at else greatest(x."lastEventAt", x."startedAt") end,
    state = case when x.sealed or ${ENDED_HERE} then s.state else x.state end, live_until = case when x.sealed or ${ENDED_HERE} then s.live_until else x."liveUntil" end,
    ended_at = case when x.sealed or ${ENDED_HERE} then s.ended_at else x."endedAt" end, ended_by = case when x.sealed or ${ENDED_HERE} then s.ended_by else x."endedBy" end,
    unclosed = x.unclosed and not x.sealed and not ${ENDED_HERE}, dark = false,
    kind = case when x.about then x.kind else s.kind end, label = case when x.about then x.label else s.label end,
    network = case when x.about then x.network else s.network end, region = case when x.about then x.region else s.region end,
    agent = case when x.about then x.agent else s.agent end, key = case when x.about then x.key else s.key end,
    credential_id = case when x.about then x."credentialId" else s.credential_id end,
    first_event = coalesce(x."firstEvent", s.first_event), told = x.told,
    device = x.device, runtime = x.runtime, bound_key = x."boundKey", scope = x.scope, task = x.task, run = x.run, consent = x.consent,
    trusted_at = x."trustedAt", acr = x.acr, expires_at = x."expiresAt", lineage = coalesce(x.lineage, s.lineage),
    parent_ref = x."parentRef", observed_by = x."observedBy",
    tags = (select coalesce(array_agg(t), '{}') from jsonb_array_elements_text(x.tags) t),
    event_count = case when x.anew then x.events else s.event_count + x.events end,
    read_count = case when x.anew then x.reads else s.read_count + x.reads end,
    change_count = case when x.anew then x.changes else s.change_count + x.changes end
  from jsonb_to_recordset($1::jsonb) ${UPDATED} where s.id = x.id`;

/** Of a session about which nothing beyond its events was told, only what its events change. */
const UPDATE_PLAIN = `
  update sessions s set started_at = x."startedAt", 
    last_event_at = case when ${ENDED_HERE} then s.last_event_at else greatest(x."lastEventAt", x."startedAt") end,
    last_validated_at = case when ${ENDED_HERE} then s.last_validated_at else greatest(x."lastEventAt", x."startedAt") end,
    state = case when ${ENDED_HERE} then s.state else x.state end, live_until = case when ${ENDED_HERE} then s.live_until else x."liveUntil" end,
    ended_at = case when ${ENDED_HERE} then s.ended_at else x."endedAt" end, ended_by = case when ${ENDED_HERE} then s.ended_by else x."endedBy" end,
    unclosed = x.unclosed and not ${ENDED_HERE}, dark = false, event_count = s.event_count + x.events,
    read_count = s.read_count + x.reads, change_count = s.change_count + x.changes
  from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::boolean[],
    $9::int[], $10::int[], $11::int[])
    x(id, "startedAt", "lastEventAt", state, "liveUntil", "endedAt", "endedBy", unclosed, events, reads, changes)
  where s.id = x.id`;

/** Nothing but its own framing was told: no column of what is told changes. */
const isPlain = (told: Told): boolean => {
  if (told === NOTHING) return true;
  for (const member in told) if (member !== 'opened' && member !== 'seen') return false;
  return true;
};

export async function writeSessions(db: Db, list: SessionWrite[]): Promise<void> {
  const changed = list.filter((each) => !each.isNew);
  const plain = changed.filter((each) => !each.sealed && !each.about && !each.anew && isPlain(each.told));
  const whole = changed.filter((each) => each.sealed || each.about || each.anew || !isPlain(each.told));
  if (plain.length > 0) {
    const of = <T>(pick: (each: SessionWrite) => T): T[] => plain.map(pick);
    await db.query(UPDATE_PLAIN, [
      of((each) => each.id),
      of((each) => each.startedAt),
      of((each) => each.lastEventAt),
      of((each) => each.state),
      of((each) => each.liveUntil),
      of((each) => each.endedAt),
      of((each) => each.endedBy),
      of((each) => each.unclosed),
      of((each) => each.events),
      of((each) => each.reads),
      of((each) => each.changes),
    ]);
  }
  if (whole.length > 0) await db.query(UPDATE, [storable(whole)]);
  const fresh = list.filter((each) => each.isNew);
  if (fresh.length > 0) await copyIn(db, SESSIONS, each(fresh, sessionRow));
}

const SESSIONS = `sessions (id, identity_id, credential_id, source, observed_by, group_key, kind, label, state, started_at, last_event_at,
  last_validated_at, live_until, ended_at, ended_by, network, region, agent, key, event_count, read_count, change_count, unclosed,
  first_event, told, device, runtime, bound_key, scope, task, run, consent, trusted_at, acr, expires_at, tags, lineage, parent_ref)`;

const f = copyField;
function* each<T>(list: Iterable<T>, row: (one: T) => string): Generator<string> {
  for (const one of list) yield row(one);
}
const TAGLESS = '{}';
const arrayText = (tags: string[]): string =>
  tags.length === 0 ? TAGLESS : `{${tags.map((tag) => `"${tag.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;

const sessionRow = (s: SessionWrite): string =>
  `${s.id}\t${s.identityId}\t${f(s.credentialId)}\t${f(s.source)}\t${s.observedBy}\t${f(s.groupKey)}\t${f(s.kind)}\t${f(s.label)}\t${s.state}\t${s.startedAt}\t${s.lastEventAt}\t${s.lastEventAt}\t${f(s.liveUntil)}\t${f(s.endedAt)}\t${f(s.endedBy)}\t${f(s.network)}\t${f(s.region)}\t${f(s.agent)}\t${f(s.key)}\t${s.events}\t${s.reads}\t${s.changes}\t${s.unclosed}\t${f(s.firstEvent)}\t${s.told === NOTHING ? '{}' : copyJson(s.told)}\t${f(s.device)}\t${f(s.runtime)}\t${f(s.boundKey)}\t${f(s.scope)}\t${f(s.task)}\t${f(s.run)}\t${s.consent ? copyJson(s.consent) : '\\N'}\t${f(s.trustedAt)}\t${f(s.acr)}\t${f(s.expiresAt)}\t${f(arrayText(s.tags))}\t${f(s.lineage)}\t${f(s.parentRef)}\n`;

export interface EventWrite {
  id: string;
  identityId: string;
  sessionId: string | null;
  credentialId: string | null;
  event: SessionEventInput;
  attributes: SessionEventInput['attributes'];
  told: Record<string, unknown> | null;
}

const EVENTS = `session_events (identity_id, id, session_id, at, source, event_id, action, class, outcome, network, region, agent, resource,
  attributes, credential_id, told)`;

const eventRow = ({ id, identityId, sessionId, credentialId, event: e, attributes, told }: EventWrite): string =>
  `${identityId}\t${id}\t${f(sessionId)}\t${e.at}\t${f(e.source)}\t${f(e.eventId)}\t${f(e.action)}\t${e.class}\t${e.outcome}\t${f(e.network)}\t${f(e.region)}\t${f(e.agent)}\t${f(e.resource)}\t${copyJson(attributes)}\t${f(credentialId)}\t${told ? copyJson(told) : '\\N'}\n`;

export async function insertEvents(db: Db, count: number, events: Iterable<EventWrite>): Promise<void> {
  if (count > 0) await copyIn(db, EVENTS, each(events, eventRow));
}

/** Stored events that belong to another session than before, or now have one; a close that has none any more waits under its key. */
export async function placeEvents(
  db: Db,
  placed: { eventId: string; identityId: string; sessionId: string | null; key: string }[],
): Promise<void> {
  if (placed.length === 0) return;
  await db.query(
    `update session_events e set session_id = a."sessionId", attributes = case when a."sessionId" is null then e.attributes || jsonb_build_object('unopened', a.key) else e.attributes - 'unopened' end
     from jsonb_to_recordset($1::jsonb) a("eventId" uuid, "identityId" uuid, "sessionId" uuid, key text)
     where e.identity_id = a."identityId" and e.id = a."eventId" and e.session_id is distinct from a."sessionId"`,
    [JSON.stringify(placed)],
  );
}
