// What the ingest journey reads before it writes. Set-based: a batch of thousands is a handful of statements.
import type pg from 'pg';
import { pool } from '@/lib/db/client';
import { copyIn, storable } from '@/lib/db/copy';
import { newId } from '@/lib/platform/ids';
import type { Known, Orphan } from '@/lib/sessions/correlate-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import type { Told } from '@/lib/sessions/told-state';

/** A connection with a transaction open on it. */
export type Db = pg.PoolClient;

/** Runs `work` in one transaction on a connection that can COPY. It commits when `work` resolves and rolls back when it throws. */
export async function writing<T>(work: (db: Db) => Promise<T>): Promise<T> {
  const db = await pool().connect();
  let broken: Error | undefined;
  try {
    await db.query('begin');
    const result = await work(db);
    await db.query('commit');
    return result;
  } catch (error) {
    await db.query('rollback').catch((cause: Error) => {
      broken = cause;
    });
    throw error;
  } finally {
    db.release(broken);
  }
}

/** One writer per source at a time: correlation reads what it then changes. Held until the transaction ends. */
export const lockSource = (db: Db, source: string): Promise<unknown> =>
  db.query(`select pg_advisory_xact_lock(hashtextextended('braid.ingest:' || $1, 0))`, [source]);

/** Ids lie in order of time: so many stored ones between the first and the last of a batch are looked at one by one. */
const NEAR_MOST = 2_000;
const bytesOf = (id: string): string => `\\\\x${id.replaceAll('-', '')}`;

/**
 * Keeps the event ids, and returns those that were stored before: of a log that is new, none has to be sent back. Of one source
 * only one writer at a time, so that what is not there between its look and its COPY does not come there.
 */
export async function keepNew(db: Db, ids: string[]): Promise<Set<string>> {
  const sorted = ids.every((id, index) => index === 0 || ids[index - 1]! < id) ? ids : [...ids].sort();
  const { rows: near } = await db.query<{ id: string }>(
    `select encode(hash, 'hex')::uuid::text as id from event_keys where hash between uuid_send($1) and uuid_send($2) limit ${NEAR_MOST + 1}`,
    [sorted[0], sorted.at(-1)],
  );
  if (near.length > NEAR_MOST) return keepMissing(db, sorted);
  const there = new Set(near.map((row) => row.id));
  const fresh = there.size === 0 ? sorted : sorted.filter((id) => !there.has(id));
  if (fresh.length > 0) await copyIn(db, 'event_keys (hash)', rowsOf(fresh));
  return fresh.length === sorted.length ? new Set() : new Set(sorted.filter((id) => there.has(id)));
}

function* rowsOf(ids: string[]): Generator<string> {
  for (const id of ids) yield `${bytesOf(id)}\n`;
}

/** Where much is stored between them: each is looked up. */
async function keepMissing(db: Db, ids: string[]): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>(
    `with given as materialized (select id, uuid_send(id) as hash from unnest($1::uuid[]) id order by id),
     kept as (insert into event_keys (hash) select hash from given on conflict do nothing returning hash)
     select id::text from given where not exists (select from kept where kept.hash = given.hash)`,
    [ids],
  );
  return new Set(rows.map((row) => row.id));
}

export type Who = SessionEventInput['identity'];
export const whoKey = (who: Who): string => `${who.issuer}\u0000${who.type}\u0000${who.externalId}`;

const KNOWN = `
  select (w.n - 1)::int as n, coalesce(exact.identity_id, anyone.identity_id)::text as id
  from jsonb_array_elements($1::jsonb) with ordinality w(who, n)
  left join identity_aliases exact on exact.issuer = who->>'issuer' and exact.type = who->>'type' and exact.external_id = who->>'externalId'
  left join identity_aliases anyone on anyone.issuer = who->>'issuer' and anyone.type = '*' and anyone.external_id = who->>'externalId'`;

/** Ids of those identities that have such a name already. */
export async function knownIdentities(
  list: Who[],
  db: Pick<Db, 'query'> | pg.Pool = pool(),
): Promise<Map<string, string>> {
  const { rows } = await (db as Db).query<{ n: number; id: string | null }>(KNOWN, [storable(list)]);
  return new Map(rows.flatMap((row) => (row.id ? [[whoKey(list[row.n]!), row.id] as const] : [])));
}

/** By which merge that stands a name means whom it means. Few identities are merged: of most nothing comes back. */
export async function mergesOf(list: Who[], ids: string[]): Promise<Map<string, string>> {
  const { rows } = await pool().query<{ n: number; id: string }>(
    `with standing as materialized (
       select id, at, into_id, aliases->'names' as names from identity_merges where undone_at is null and into_id = any($2::uuid[])
     )
     select distinct on (w.n) (w.n - 1)::int as n, m.id::text as id
     from standing m, jsonb_array_elements($1::jsonb) with ordinality w(who, n)
     left join identity_aliases exact on exact.issuer = who->>'issuer' and exact.type = who->>'type' and exact.external_id = who->>'externalId'
     where m.names @> jsonb_build_array(jsonb_build_object('issuer', who->>'issuer', 'externalId', who->>'externalId',
       'type', case when exact.type is null then '*' else exact.type end))
     order by w.n, m.at desc, m.id desc`,
    [storable(list.map(({ issuer, type, externalId }) => ({ issuer, type, externalId }))), ids],
  );
  return new Map(rows.map((row) => [whoKey(list[row.n]!), row.id]));
}

/** Names identities that were only known by their id so far, and says what kind they are. A name that is there stays. */
export async function nameUnnamed(
  named: { id: string; name: string; kind: string; externalId: string }[],
): Promise<void> {
  if (named.length === 0) return;
  await pool().query(
    `update identities i set name = q.name, kind = q.kind
     from jsonb_to_recordset($1::jsonb) as q(id uuid, name text, kind text, "externalId" text)
     where i.id = q.id and i.name = q."externalId"`,
    [storable(named)],
  );
}

/** Who has used credentials of these ids, the first of each. */
export async function usersOf(externalIds: string[]): Promise<Map<string, Who>> {
  const { rows } = await pool().query<Who & { used: string }>(
    `select distinct on (c.external_id) c.external_id as used, a.issuer, a.type, a.external_id as "externalId", i.name, i.kind
     from credentials c join identities i on i.id = c.identity_id join identity_aliases a on a.identity_id = i.id
     where c.external_id = any($1) and a.type not in ('token', '*')
     order by c.external_id, c.first_seen_at, a.issuer, a.type, a.external_id`,
    [externalIds],
  );
  return new Map(rows.map(({ used, ...who }) => [used, who]));
}

export interface CredentialUse {
  identityId: string;
  externalId: string;
  kind: string;
  /** ISO 8601. */
  first: string;
  last: string;
}

/** Ids of credentials, by identity and external id; unknown ones are made, known ones are used until `last`. */
export async function credentialsOf(db: Db, uses: CredentialUse[], source: string): Promise<Map<string, string>> {
  if (uses.length === 0) return new Map();
  const { rows } = await db.query<{ id: string; identity_id: string; external_id: string }>(
    `insert into credentials (id, identity_id, kind, external_id, source, first_seen_at, last_used_at)
     select (c->>'id')::uuid, (c->>'identityId')::uuid, c->>'kind', c->>'externalId', $2::text,
       (c->>'first')::timestamptz, (c->>'last')::timestamptz
     from jsonb_array_elements($1::jsonb) c
     on conflict (source, external_id, identity_id) do update set
       last_used_at = greatest(credentials.last_used_at, excluded.last_used_at),
       first_seen_at = least(credentials.first_seen_at, excluded.first_seen_at)
     returning id::text, identity_id::text, external_id`,
    [storable(uses.map((use) => ({ ...use, id: newId() }))), source],
  );
  return new Map(rows.map((row) => [`${row.identity_id} ${row.external_id}`, row.id]));
}

interface KnownRead {
  id: string;
  identity_id: string;
  group_key: string;
  s: number;
  e: number;
  first: string | null;
  told: Told;
  closed: boolean;
  sealed: boolean;
  event_count: number;
}

/** Sessions made from events under these keys. */
export async function knownSessions(db: Db, source: string, keys: string[]): Promise<Known[]> {
  const { rows } = await db.query<KnownRead>(
    `select id::text, identity_id::text, group_key, floor(extract(epoch from started_at) * 1000)::float8 as s,
       floor(extract(epoch from case when ended_by <> 'timeout' then ended_at else last_event_at end) * 1000)::float8 as e,
       first_event::text as first, told, (ended_by is not distinct from 'itself') as closed,
       coalesce(ended_by in ('operator', 'policy', 'signal', 'system'), false) as sealed, event_count
     from sessions where source = $1 and group_key = any($2::text[]) and connector_id is null and observed_by <> 'declared'`,
    [source, keys],
  );
  return rows.map((row) => ({
    id: row.id,
    identityId: row.identity_id,
    source,
    key: row.group_key,
    start: row.s,
    // An open without a close is stored to last as long as its log: that is no event of its own.
    end: row.closed || row.sealed || !row.told.opened ? row.e : row.s,
    first: row.first,
    told: row.told,
    closed: row.closed,
    sealed: row.sealed,
    eventCount: row.event_count,
  }));
}

/** Those of these sessions that a revocation, a decision or a finding names: its word about them has to go on meaning something. */
export async function namedSessions(db: Db, list: { id: string; identityId: string }[]): Promise<Set<string>> {
  const ids = [...new Set(list.map((each) => each.id))];
  const { rows } = await db.query<{ id: string }>(
    `select x.id::text from unnest($1::uuid[]) x(id) where exists (select from decisions d where d.session_id = x.id)
     union select x.id::text from revocations r, unnest(r.session_ids) x(id) where r.session_ids && $1::uuid[] and x.id = any($1::uuid[])
     union select x.id from findings f, jsonb_array_elements_text(
         case when jsonb_typeof(f.evidence->'sessions') = 'array' then f.evidence->'sessions' else '[]' end) x(id)
       where f.identity_id = any($2::uuid[]) and x.id = any($1::text[])`,
    [ids, [...new Set(list.map((each) => each.identityId))]],
  );
  return new Set(rows.map((row) => row.id));
}

const ORPHANS_READ = 2_000;

/** Closes stored without a session that wait under these keys. There are few: unless there are many, all are read. */
export async function orphansOf(db: Db, source: string, keys: string[]): Promise<Orphan[]> {
  const select = `select id::text, identity_id::text, attributes->>'unopened' as key, floor(extract(epoch from at) * 1000)::float8 as at
    from session_events where session_id is null and attributes ? 'unopened' and source = $1`;
  let { rows } = await db.query<{ id: string; identity_id: string; key: string; at: number }>(
    `${select} limit ${ORPHANS_READ}`,
    [source],
  );
  if (rows.length === ORPHANS_READ)
    ({ rows } = await db.query(`${select} and attributes->>'unopened' = any($2::text[])`, [source, keys]));
  const asked = new Set(rows.length > 0 ? keys : []);
  return rows
    .filter((row) => asked.has(row.key))
    .map((row) => ({ eventId: row.id, identityId: row.identity_id, source, key: row.key, at: row.at }));
}

export interface StoredEvent {
  id: string;
  identityId: string;
  sessionId: string | null;
  key: string;
  at: number;
  action: string;
  class: string;
  network: string | null;
  region: string | null;
  agent: string | null;
  told: Record<string, unknown> | null;
  credential: string | null;
  credentialId: string | null;
  kind: string;
  label: string;
}

/** Stored events of sessions, and closes that had none, of keys that are told anew. */
export async function eventsOf(
  db: Db,
  sessionIds: string[],
  orphans: { eventId: string; identityId: string }[],
  source: string,
): Promise<StoredEvent[]> {
  const { rows } = await db.query<StoredEvent>(
    `select e.id::text, e.identity_id::text as "identityId", e.session_id::text as "sessionId",
       s.group_key as key, floor(extract(epoch from e.at) * 1000)::float8 as at, e.action, e.class,
       e.network, e.region, e.agent, e.told, c.external_id as credential, e.credential_id::text as "credentialId",
       s.kind, s.label
     from session_events e join sessions s on s.id = e.session_id left join credentials c on c.id = e.credential_id
     where e.session_id = any($1::uuid[])
     union all
     select e.id::text, e.identity_id::text, null, e.attributes->>'unopened', floor(extract(epoch from e.at) * 1000)::float8, e.action,
       e.class, e.network, e.region, e.agent, e.told, c.external_id, e.credential_id::text, 'api', $3
     from unnest($2::uuid[], $4::uuid[]) o(id, identity_id) join session_events e on e.identity_id = o.identity_id and e.id = o.id
     left join credentials c on c.id = e.credential_id where e.session_id is null`,
    [sessionIds, orphans.map((each) => each.eventId), source, orphans.map((each) => each.identityId)],
  );
  return rows;
}
