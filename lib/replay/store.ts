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
