// What detectors over events read, set-based. Of a busy session come the events at which something changes: its network or
// client, what its source tells, and what its approval or lifetime is judged by.
import { pool } from '@/lib/db/client';

/** One identity's events in [from, to], ISO 8601. */
export interface Window {
  identityId: string;
  from: string;
  to: string;
}

export interface EventRecord {
  id: string;
  identity_id: string;
  session_id: string | null;
  at: number;
  source: string;
  action: string;
  class: string;
  outcome: string;
  network: string | null;
  region: string | null;
  agent: string | null;
  resource: string | null;
  credential: string | null;
  attributes: Record<string, string | number | boolean | null>;
  told: Record<string, unknown> | null;
}

/** A read of so much is worth showing. */
const TELLING_BYTES = 10_000_000;

const COLUMNS = `e.id::text, e.identity_id::text, e.session_id::text, floor(extract(epoch from e.at) * 1000)::float8 as at, e.source, e.action, e.class,
  e.outcome, e.network, e.region, e.agent, e.resource, e.attributes, e.told`;

/** What an event handed over, where its source tells; whatever else stands under that name is nothing. */
const BYTES = `case when jsonb_typeof(e.attributes->'bytes') = 'number' then greatest((e.attributes->>'bytes')::float8, 0) else 0 end`;

/** Events at which something changes, in order of time, of each identity the `most` oldest, or newest, in its window. */
export async function readTelling(
  windows: readonly Window[],
  most: number,
  which: 'oldest' | 'newest',
): Promise<EventRecord[]> {
  const order = which === 'oldest' ? 'y.at, y.id' : 'y.at desc, y.id desc';
  const { rows } = await pool().query<EventRecord>(
    `select x.*, c.external_id as credential from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) w(id, f, t)
     cross join lateral (
       select ${COLUMNS.replace(/e\./g, 'y.')}, y.credential_id from (
         select e.*, s.scope as approved, s.expires_at as until, s.consent,
           lag(e.network) over v is distinct from e.network or lag(e.agent) over v is distinct from e.agent as moved
         from session_events e left join sessions s on s.id = e.session_id
         where e.identity_id = w.id and e.at between w.f and w.t
           and not (e.class = 'session' and e.agent is null and e.outcome = 'success' and (e.told is null or e.told - 'phase' - 'observedBy' = '{}'))
         window v as (partition by e.session_id order by e.at, e.id)
       ) y
       where y.moved or y.class in ('approval', 'export') or (y.told is not null and y.told - 'phase' - 'observedBy' <> '{}')
         or (y.class = 'read' and ${BYTES.replace(/e\./g, 'y.')} >= ${TELLING_BYTES})
         or (y.approved is not null and y.class = 'change') or y.at > y.until or y.consent is not null
         or (y.outcome = 'failure' and y.class = 'session') or y.action ~* 'renew|refresh'
       order by ${order} limit $4
     ) x left join credentials c on c.id = x.credential_id`,
    [windows.map((w) => w.identityId), windows.map((w) => w.from), windows.map((w) => w.to), most],
  );
  return rows;
}

/** The first use of each action of sensitive kinds, and of every action at all, at most `most` names of each identity. */
export async function readActions(windows: readonly Window[], most: number): Promise<EventRecord[]> {
  const { rows } = await pool().query<EventRecord>(
    `select x.*, c.external_id as credential from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) w(id, f, t)
     cross join lateral (
       select distinct on (e.action) ${COLUMNS}, e.credential_id from session_events e
       where e.identity_id = w.id and e.at between w.f and w.t and e.class <> 'session' and e.outcome = 'success'
       order by e.action, e.at, e.id limit $4
     ) x left join credentials c on c.id = x.credential_id`,
    [windows.map((w) => w.identityId), windows.map((w) => w.from), windows.map((w) => w.to), most],
  );
  return rows;
}

/** All events of one identity after something of it had ended, oldest first. */
export async function readAfter(window: Window, most: number): Promise<EventRecord[]> {
  const { rows } = await pool().query<EventRecord>(
    `select ${COLUMNS}, c.external_id as credential from session_events e left join credentials c on c.id = e.credential_id
     where e.identity_id = $1 and e.at between $2 and $3 order by e.at, e.id limit $4`,
    [window.identityId, window.from, window.to, most],
  );
  return rows;
}

export interface SessionRecord {
  id: string;
  identity_id: string;
  label: string;
  source: string;
  kind: string;
  observed_by: string;
  group_key: string;
  credential: string | null;
  credential_kind: string | null;
  network: string | null;
  agent: string | null;
  s: number;
  e: number;
  ended: boolean;
  scope: string | null;
  task: string | null;
  consent: { until?: string } | null;
  dark: boolean;
  parent_id: string | null;
}

/** These sessions, those that are dark, and the newest of each window. */
export async function readSessions(
  windows: readonly Window[],
  ids: readonly string[],
  newest: number,
): Promise<SessionRecord[]> {
  const { rows } = await pool().query<SessionRecord>(
    `with wanted as (
       select unnest($4::uuid[]) as id
       union select x.id from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) w(id, f, t) cross join lateral (
         select s.id from sessions s where s.identity_id = w.id and s.started_at between w.f and w.t order by s.started_at desc limit $5) x
       union select s.id from sessions s where s.identity_id = any($1::uuid[]) and s.dark and s.ended_at is null
     )
     select s.id::text, s.identity_id::text, s.label, s.source, s.kind, s.observed_by, s.group_key, coalesce(s.key, c.external_id) as credential,
       c.kind as credential_kind, s.network, s.agent, floor(extract(epoch from s.started_at) * 1000)::float8 as s,
       floor(extract(epoch from coalesce(s.ended_at, s.last_event_at)) * 1000)::float8 as e, s.ended_at is not null as ended, s.scope, s.task,
       s.consent, s.dark, s.parent_id::text
     from wanted join sessions s on s.id = wanted.id left join credentials c on c.id = s.credential_id`,
    [windows.map((w) => w.identityId), windows.map((w) => w.from), windows.map((w) => w.to), ids, newest],
  );
  return rows;
}

/** Begin and end (null: lives) of the sessions that overlap each window, ms: [identity, begin, end]. */
export async function readSpans(
  windows: readonly Window[],
): Promise<{ identity_id: string; s: number[]; e: (number | null)[] }[]> {
  const { rows } = await pool().query<{ identity_id: string; s: number[]; e: (number | null)[] }>(
    `select w.id::text as identity_id, array_agg(floor(extract(epoch from x.started_at) * 1000)::float8) as s,
       array_agg(floor(extract(epoch from x.ended_at) * 1000)::float8) as e
     from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) w(id, f, t) cross join lateral (
       select s.started_at, s.ended_at from sessions s where s.identity_id = w.id and s.started_at <= w.t
         and (s.started_at >= w.f - interval '1 hour' or s.ended_at - s.started_at > interval '1 hour' or s.ended_at is null)
         and (s.ended_at is null or s.ended_at >= w.f) limit 200000) x
     group by 1`,
    [windows.map((w) => w.identityId), windows.map((w) => w.from), windows.map((w) => w.to)],
  );
  return rows;
}

export interface HourRecord {
  identity_id: string;
  at: number;
  events: number;
  reads: number;
  changes: number;
  exports: number;
  bytes: number;
  busiest: number;
}

/**
 * What happened hour by hour; opening and closing is not counted, nor what Braid itself does as a canary during its drill (by
 * clocks that may differ by a minute).
 */
export async function readHours(windows: readonly Window[]): Promise<HourRecord[]> {
  const { rows } = await pool().query<HourRecord>(
    `with drilled as materialized (
       select d.identity_id, d.started_at - interval '1 minute' as f, coalesce(d.ended_at, d.started_at + interval '1 hour') + interval '1 minute' as t
       from drills d where d.identity_id = any($1::uuid[])
     )
     select identity_id::text, (extract(epoch from date_trunc('hour', m)) * 1000)::float8 as at, sum(n)::float8 as events, sum(reads)::float8 as reads,
       sum(changes)::float8 as changes, sum(exports)::float8 as exports, sum(bytes)::float8 as bytes, max(n)::float8 as busiest
     from (
       select e.identity_id, date_trunc('minute', e.at) as m, count(*) as n, count(*) filter (where e.class = 'read') as reads,
         count(*) filter (where e.class = 'change') as changes, count(*) filter (where e.class = 'export') as exports,
         coalesce(sum(${BYTES}) filter (where e.class in ('read', 'export') and e.outcome = 'success'), 0) as bytes
       from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) w(id, f, t)
       join session_events e on e.identity_id = w.id and e.at between w.f and w.t and e.class <> 'session'
       where not exists (select from drilled d where d.identity_id = e.identity_id and e.at between d.f and d.t) group by 1, 2
     ) minutes group by 1, 2`,
    [windows.map((w) => w.identityId), windows.map((w) => w.from), windows.map((w) => w.to)],
  );
  return rows;
}

export interface NameRecord {
  identity_id: string;
  issuer: string;
  type: string;
  external_id: string;
  of: 'identity' | 'credential';
}

/** What identities and their credentials are called. */
export async function readNames(ids: readonly string[]): Promise<NameRecord[]> {
  const { rows } = await pool().query<NameRecord>(
    `select identity_id::text, issuer, type, external_id, 'identity' as of from identity_aliases where identity_id = any($1::uuid[])
     union all select identity_id::text, source, kind, external_id, 'credential' from (
       select c.*, row_number() over (partition by identity_id order by last_used_at desc nulls last) as n
       from credentials c where identity_id = any($1::uuid[])) k where n <= 500`,
    [ids],
  );
  return rows;
}

export interface LifeRecord {
  id: string;
  identity_id: string;
  session_id: string | null;
  at: number;
  source: string;
  life: {
    of: 'credential' | 'identity' | 'session';
    what: string;
    externalId: string;
    identity?: { externalId: string };
  };
}

/** What events say of the life of what has these names, until `to`. */
export async function readLives(names: readonly string[], to: string): Promise<LifeRecord[]> {
  if (names.length === 0) return [];
  const { rows } = await pool().query<LifeRecord>(
    `select e.id::text, e.identity_id::text, e.session_id::text, floor(extract(epoch from e.at) * 1000)::float8 as at, e.source, e.told -> 'life' as life
     from session_events e where e.told ? 'life' and e.told -> 'life' ->> 'externalId' = any($1::text[]) and e.at <= $2 and e.outcome = 'success'
     order by e.at desc limit 2000`,
    [names, to],
  );
  return rows.reverse();
}

export interface IdentityRecord {
  id: string;
  name: string;
  kind: string;
  first_seen_at: Date;
}

export async function readIdentities(ids: readonly string[]): Promise<IdentityRecord[]> {
  const { rows } = await pool().query<IdentityRecord>(
    'select id::text, name, kind, first_seen_at from identities where id = any($1::uuid[])',
    [ids],
  );
  return rows;
}
