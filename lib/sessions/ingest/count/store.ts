// What follows from a run once it is stored: how far logs go, sessions that last as long as them, and counters of identities.
import type { Tx } from '@/lib/db/transaction';
import type { Db } from '@/lib/sessions/ingest/store';

/** A log goes on while no longer than this passes between two of its events. */
export const PAUSE = `interval '24 hours'`;

/** Adds stretches of log, each without a pause in itself, to what is known of a source. ISO 8601. */
export async function extendLog(db: Db, source: string, stretches: { from: string; to: string }[]): Promise<void> {
  for (const { from, to } of stretches) {
    await db.query(
      `with near as (
         delete from log_spans where source = $1 and "from" <= $3::timestamptz + ${PAUSE} and "to" >= $2::timestamptz - ${PAUSE}
         returning "from", "to"
       )
       insert into log_spans (source, "from", "to")
       select $1, least(min("from"), $2::timestamptz), greatest(max("to"), $3::timestamptz) from near`,
      [source, from, to],
    );
  }
}

/** Sources, first and last sight, sessions in all, and from when on the most at once has to be counted again. */
export async function touchIdentities(
  db: Db,
  seen: { id: string; first: string; last: string; sessions: number; countFrom: string | null; systems: string[] }[],
): Promise<void> {
  await db.query(
    `update identities i set last_seen_at = greatest(i.last_seen_at, x.last), first_seen_at = least(i.first_seen_at, x.first),
       session_count = i.session_count + x.sessions, count_from = least(i.count_from, x."countFrom"),
       sources = i.sources || array(select s from unnest(x.systems) s where s <> all(i.sources))
     from (select i.id, y.first, y.last, y.sessions, y."countFrom", y.systems
           from jsonb_to_recordset($1::jsonb) y(id uuid, first timestamptz, last timestamptz, sessions int, "countFrom" timestamptz, systems text[])
           join identities i on i.id = y.id order by i.id for update of i) x
     where i.id = x.id`,
    [JSON.stringify(seen)],
  );
}

/**
 * Sessions whose log has their begin and not their end last as long as the log goes on: until its last event, and live if
 * that is less than `liveMs` ago.
 */
export async function endUnclosed(tx: Tx, source: string, of: { now: string; liveMs: number }): Promise<string[]> {
  const rows = await tx.$queryRaw<{ identity_id: string }[]>`
    with reach as (
      select s.id, coalesce(s.ended_at, s.last_event_at) as before, greatest(l."to", s.started_at) as reached,
        l."to" + make_interval(secs => ${of.liveMs}::float8 / 1000) as until
      from sessions s join log_spans l on l.source = s.source and s.started_at between l."from" and l."to"
      where s.source = ${source} and s.unclosed
    ), changed as (
      update sessions s set last_event_at = r.reached, last_validated_at = r.reached,
        state = case when r.until > ${of.now}::timestamptz then 'live' else 'ended' end,
        live_until = case when r.until > ${of.now}::timestamptz then r.until end,
        ended_at = case when r.until > ${of.now}::timestamptz then null else r.reached end,
        ended_by = case when r.until > ${of.now}::timestamptz then null else 'timeout' end
      from reach r where s.id = r.id and (s.ended_by is null or s.ended_by = 'timeout')
        and case when r.until > ${of.now}::timestamptz then s.ended_at is not null or s.live_until is null or s.live_until < r.until - interval '3 minutes'
                 else s.ended_at is distinct from r.reached end
      returning s.identity_id, r.before
    ), whose as (
      select i.id, c.before from identities i join (select identity_id, min(before) as before from changed group by 1) c on c.identity_id = i.id
      order by i.id for update of i
    )
    update identities i set count_from = least(i.count_from, w.before) from whose w where i.id = w.id returning i.id::text as identity_id`;
  return rows.map((row) => row.identity_id);
}

/**
 * The most sessions at once of identities whose sessions changed, counted from where they changed. Starts count before ends at
 * one instant. What was counted before stands, unless it lies in what is counted again.
 */
export async function countPeaks(tx: Tx, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.$executeRaw`
    with touched as (
      select i.id, i.count_from from identities i where i.id = any(${ids}::uuid[]) and i.count_from is not null order by i.id for update
    ), own as materialized (
      select s.identity_id, s.started_at, s.ended_at from touched t join sessions s on s.identity_id = t.id and s.started_at >= t.count_from - interval '1 hour'
      union all
      select s.identity_id, s.started_at, s.ended_at from touched t join sessions s on s.identity_id = t.id and s.started_at < t.count_from - interval '1 hour'
        and s.ended_at - s.started_at > interval '1 hour' and s.ended_at >= t.count_from
      union all
      select s.identity_id, s.started_at, s.ended_at from touched t join sessions s on s.identity_id = t.id and s.started_at < t.count_from - interval '1 hour'
        and s.ended_at is null
    ), marks as (
      select identity_id, started_at as at, 1 as by from own
      union all select identity_id, greatest(ended_at, started_at), -1 from own where ended_at is not null
    ), running as (
      select identity_id, at, sum(by) over (partition by identity_id order by at, by desc rows unbounded preceding) as open from marks
    ), peak as (
      select distinct on (r.identity_id) r.identity_id, r.open::int as open, r.at from running r join touched t on t.id = r.identity_id
      where r.at >= t.count_from order by r.identity_id, r.open desc, r.at
    ), best as (
      select t.id, coalesce(p.open, 0) as open, p.at,
        case when i.peak_at < t.count_from then i.peak_sessions else 0 end as before, i.peak_at as before_at
      from touched t join identities i on i.id = t.id left join peak p on p.identity_id = t.id
    )
    update identities i set count_from = null, peak_sessions = greatest(b.open, b.before),
      peak_at = case when b.before >= b.open and b.before > 0 then b.before_at else b.at end
    from best b where i.id = b.id`;
}

/** Identities whose counters a run left behind. */
export async function uncounted(tx: Tx, most: number): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select id::text from identities where count_from is not null order by id limit ${most}`;
  return rows.map((row) => row.id);
}

/** Of these identities those a decision point has answered something for in a session that is live. */
export async function answeredFor(tx: Tx, identityIds: string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select i.id::text as id from unnest(${identityIds}::uuid[]) i (id)
     where exists (select from sessions s where s.identity_id = i.id and s.ended_at is null
       and (s.live_until is null or s.live_until > now()) and exists (select from decisions d where d.session_id = s.id))`;
  return rows.map((row) => row.id);
}
