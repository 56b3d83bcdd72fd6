import { pool } from '@/lib/db/client';

// What happened, as the log has it: decisions in their order, and the ledger entries beside them. Read only.

export interface Place {
  id: string;
  at: Date;
  writer: string;
  seq: bigint;
}

/** The newest decisions of a period, oldest first. */
export async function places(from: string, to: string, identityIds: string[] | null, limit: number): Promise<Place[]> {
  const found = await pool().query<Place>(
    `select id, at, writer, seq from decisions
     where day >= $1::timestamptz::date - 1 and day <= $2::timestamptz::date + 1 and at >= $1 and at <= $2
       and ($3::uuid[] is null or identity_id = any($3)) order by at desc, writer desc, seq desc limit $4`,
    [from, to, identityIds, limit],
  );
  return found.rows.reverse();
}

export async function traces(ids: string[]): Promise<Map<string, string>> {
  const found = await pool().query<{ id: string; trace: string }>(
    'select id, trace from decisions where id = any($1::uuid[])',
    [ids],
  );
  return new Map(found.rows.map((row) => [row.id, row.trace]));
}

/** Who moved an exposure in a period or was refused on it; at most 50. */
export async function identitiesOf(exposureId: string, from: string, to: string): Promise<string[]> {
  const found = await pool().query<{ identity_id: string }>(
    `select identity_id from (
       select s.identity_id from ledger_entries l join sessions s on s.id = l.session_id
       where l.exposure_id = $1 and l.at >= $2 and l.at <= $3 and l.kind <> 'leave'
       union select identity_id from decisions where exposure_id = $1 and verdict <> 'allow' and at >= $2 and at <= $3) q
     where identity_id is not null limit 50`,
    [exposureId, from, to],
  );
  return found.rows.map((row) => row.identity_id);
}

export interface OpeningRow {
  id: string;
  policy_set: string;
  meter: string;
  kind: string;
  scope: string;
  key: string;
  unit: string | null;
  scale: number;
  window_secs: number | null;
  calendar: string | null;
  revision: bigint;
  settled_now: bigint;
  held_now: bigint;
}

/** Exposures as they stood just before an instant: their last entry until then. */
export async function openings(ids: string[], at: string): Promise<OpeningRow[]> {
  const found = await pool().query<OpeningRow>(
    `select e.id, e.policy_set, e.meter, e.kind, e.scope, e.key, e.unit, e.scale, e.window_secs, e.calendar,
       coalesce(l.revision, 0) as revision, coalesce(l.settled_now, 0) as settled_now, coalesce(l.held_now, 0) as held_now
     from exposures e left join lateral (
       select revision, settled_now, held_now from ledger_entries where exposure_id = e.id and at < $2 order by revision desc limit 1) l on true
     where e.id = any($1::uuid[])`,
    [ids, at],
  );
  return found.rows;
}

interface Windowed {
  id: string;
  windowSecs: number | null;
  calendar?: string | null | undefined;
}

export interface CountedRow {
  exposure_id: string;
  at: Date;
  settled: bigint;
  session_id: string | null;
  decision_id: string | null;
}

/** How far back what counts may lie: a window and its oldest slice, or the longest period of a calendar. */
const REACH = `case when e.calendar is null then make_interval(secs => e.window_secs * 61.0 / 60 + 1) else interval '32 days' end`;

/** Exposures by the windows they had then: what is in their rows is what they have now. */
const WINDOWED = `unnest($1::uuid[], $3::int[], $4::text[]) as e(id, window_secs, calendar)`;

/** What counts in its window just before an instant. Of lifetime exposures: one sum a session. */
export async function counted(states: readonly Windowed[], at: string): Promise<CountedRow[]> {
  const found = await pool().query<CountedRow>(
    `select l.exposure_id, l.at, l.settled, l.session_id, l.decision_id
     from ${WINDOWED} join ledger_entries l on l.exposure_id = e.id
     where e.window_secs is not null and l.kind <> 'leave' and l.settled <> 0 and l.at < $2
       and l.at > $2::timestamptz - ${REACH} and l.day >= ($2::timestamptz - ${REACH})::date - 1
     union all
     select l.exposure_id, 'epoch'::timestamptz, sum(l.settled)::bigint, l.session_id, null
     from ${WINDOWED} join ledger_entries l on l.exposure_id = e.id
     where e.window_secs is null and l.settled <> 0 and l.at < $2 group by 1, 4`,
    [states.map((one) => one.id), at, states.map((one) => one.windowSecs), states.map((one) => one.calendar ?? null)],
  );
  return found.rows;
}

export interface LineRow {
  exposure_id: string;
  hold_id: string;
  decision_id: string;
  identity_id: string;
  session_id: string | null;
  kind: string;
  on_expiry: string;
  created_at: Date;
  expires_at: Date;
  amount: bigint;
  attribute: string | null;
}

const LINE = `l.exposure_id, h.id as hold_id, h.decision_id, h.identity_id, h.session_id, h.kind, h.on_expiry, h.created_at, h.expires_at, l.amount, l.attribute`;

/** Lines of holds that were open just before an instant. */
export async function openLines(ids: string[], at: string): Promise<LineRow[]> {
  const found = await pool().query<LineRow>(
    `select ${LINE} from hold_lines l join holds h on h.id = l.hold_id
     where l.exposure_id = any($1::uuid[]) and h.created_at < $2 and (h.closed_at is null or h.closed_at >= $2)`,
    [ids, at],
  );
  return found.rows;
}

export async function linesOf(holdIds: string[]): Promise<LineRow[]> {
  if (!holdIds.length) return [];
  const found = await pool().query<LineRow>(
    `select ${LINE} from hold_lines l join holds h on h.id = l.hold_id where h.id = any($1::uuid[])`,
    [holdIds],
  );
  return found.rows;
}

export interface EntryRow {
  exposure_id: string;
  revision: bigint;
  at: Date;
  kind: string;
  settled: bigint;
  held: bigint;
  session_id: string | null;
  decision_id: string | null;
  hold_id: string | null;
  writer: string;
  seq: bigint;
}

/**
 * Entries of exposures after the revision each is known to, up to an instant. What left the windows follows by itself; what
 * left with a session that ended does not.
 */
export async function entries(
  known: { id: string; revision: bigint }[],
  from: string,
  to: string,
): Promise<EntryRow[]> {
  const found = await pool().query<EntryRow>(
    `select l.exposure_id, l.revision, l.at, l.kind, l.settled, l.held, l.session_id, l.decision_id, l.hold_id, l.writer, l.seq
     from unnest($1::uuid[], $2::bigint[]) as q(id, revision)
     join ledger_entries l on l.exposure_id = q.id and l.revision > q.revision join exposures e on e.id = q.id
     where (l.kind <> 'leave' or e.calendar = 'live') and l.at >= $3 and l.at <= $4 and l.day >= $3::timestamptz::date - 1
     order by l.at, l.writer, l.seq, l.revision`,
    [known.map((one) => one.id), known.map((one) => one.revision.toString()), from, to],
  );
  return found.rows;
}

/** Stored sources of sets by hash. */
export async function sources(hashes: string[]): Promise<Map<string, string>> {
  const found = await pool().query<{ hash: string; source: string }>(
    'select distinct on (hash) hash, source from policy_sets where hash = any($1::text[])',
    [hashes],
  );
  return new Map(found.rows.map((row) => [row.hash, row.source]));
}

export interface KeyRow {
  id: string;
  name: string;
  session: number;
  credential: number;
  network: number;
  region: number;
  device: number;
  resource: number;
}

const MOVED = `select e.key, l.session_id, l.decision_id, case when $6::text is null
    then date_bin(make_interval(secs => greatest($5::float, 1)), l.at, 'epoch'::timestamptz) else date_trunc($6::text, l.at, $7::text) end as bin
  from exposures e join ledger_entries l on l.exposure_id = e.id
  where e.policy_set = $1 and e.meter = $2 and l.at >= $3 and l.at <= $4 and l.day >= $3::timestamptz::date - 1
    and l.kind in ('settle', 'reserve') and l.decision_id is not null order by l.at desc limit 50000`;

interface Moved {
  set: string;
  meter: string;
  from: string;
  to: string;
  /** Keys are counted together within so many seconds. */
  binSecs: number;
  /** Or within a period of a calendar: `day Europe/Berlin`. */
  calendar: string | null;
}

const moved = ({ set, meter, from, to, binSecs, calendar }: Moved): unknown[] => {
  const [period = null, zone = null] = calendar?.split(' ') ?? [];
  return [set, meter, from, to, binSecs, period, zone];
};

/** Of each identity a meter has counted: how many keys of each kind it showed within one window at most. */
export async function keysOf(asked: Moved): Promise<KeyRow[]> {
  const found = await pool().query<KeyRow>(
    `select id, name, max(session) as session, max(credential) as credential, max(network) as network, max(region) as region,
       max(device) as device, max(resource) as resource
     from (
       select i.id, i.name, m.bin, count(distinct m.session_id)::int as session, count(distinct s.key)::int as credential,
         count(distinct s.network)::int as network, count(distinct s.region)::int as region, count(distinct s.device)::int as device,
         count(distinct d.resource_id)::int as resource
       from (${MOVED}) m join decisions d on d.id = m.decision_id join sessions s on s.id = m.session_id join identities i on i.id = s.identity_id
       group by 1, 2, 3) q group by 1, 2`,
    moved(asked),
  );
  return found.rows;
}

export interface PartRow {
  name: string;
  keys: number;
  values: string[];
}

/**
 * Who was counted under the most keys within one window, by one part of what the meter counts per, and at most 50 of these;
 * null for a meter whose key is one expression.
 */
export async function keysOfPart(asked: Moved, part: number | null): Promise<PartRow | null> {
  const found = await pool().query<PartRow>(
    `with q as (
       select s.identity_id, m.bin, count(distinct m.part)::int as keys, (array_agg(distinct m.part))[1:50] as values
       from (select m.*, case when $8::int is null then m.key else m.key::jsonb ->> $8::int end as part from (${MOVED}) m) m
       join sessions s on s.id = m.session_id group by 1, 2)
     select i.name, q.keys, q.values from q join identities i on i.id = q.identity_id order by q.keys desc, q.bin desc limit 1`,
    [...moved(asked), part],
  );
  return found.rows[0] ?? null;
}

export interface SharedRow {
  kind: 'workflow' | 'owner' | 'resource';
  name: string;
  identities: number;
}

/** How many identities a meter has counted act for one workflow, have one owner, or act on one resource; the most of each. */
export async function identitiesTogether(asked: Moved): Promise<SharedRow[]> {
  const found = await pool().query<SharedRow>(
    `with m as (select distinct s.identity_id, d.resource_id from (${MOVED}) m join decisions d on d.id = m.decision_id join sessions s on s.id = m.session_id)
     select distinct on (kind) kind, name, identities from (
       select 'workflow' as kind, w.name, count(distinct m.identity_id)::int as identities
         from m join workflow_members x on x.identity_id = m.identity_id join workflows w on w.id = x.workflow_id group by w.id, w.name
       union all select 'owner', i.owner, count(distinct m.identity_id)::int from m join identities i on i.id = m.identity_id where i.owner <> '' group by i.owner
       union all select 'resource', m.resource_id, count(distinct m.identity_id)::int from m group by m.resource_id) q
     order by kind, identities desc`,
    moved(asked),
  );
  return found.rows;
}

/** The newest allowed requests a meter has counted, to serve as patterns. */
export async function patternIds(asked: Moved): Promise<string[]> {
  const found = await pool().query<{ decision_id: string }>(
    `select decision_id from (${MOVED}) m limit 5`,
    moved(asked),
  );
  return [...new Set(found.rows.map((row) => row.decision_id))];
}

/** What policies may read of an identity, as it is now. */
export async function identityNow(id: string): Promise<{
  owner: string | null;
  environment: string | null;
  purpose: string | null;
  workflows: { id: string; name: string }[];
} | null> {
  const found = await pool().query(
    `select i.owner, i.environment, i.purpose, coalesce((select json_agg(json_build_object('id', w.id, 'name', w.name) order by w.name)
       from workflow_members m join workflows w on w.id = m.workflow_id where m.identity_id = i.id), '[]') as workflows from identities i where i.id = $1`,
    [id],
  );
  return found.rows[0] ?? null;
}
