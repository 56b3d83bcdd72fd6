import { pool } from '@/lib/db/client';
import { DAYS, type PostureFacts } from '@/lib/posture/model';

/** `sources`: what it was seen in, by the name of the format or connector. */
type Row = Omit<PostureFacts, 'systems' | 'proven'> & { sources: string[] };

const iso = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const SESSIONS_MOST = 5_000;
const ACTIONS_MOST = 500;

/** What Braid itself has stored of one identity; null: there is none. Sessions: the newest 5 000 of the last 30 days. */
export async function readFacts(identityId: string): Promise<Row | null> {
  const { rows } = await pool().query<Row>(
    `with own as (
       select * from sessions where identity_id = $1 and started_at <= now()
         and coalesce(ended_at, live_until, now()) > now() - interval '${DAYS} days'
       order by started_at desc limit ${SESSIONS_MOST}
     ), used as (
       select count(*)::int as sessions,
         (count(*) filter (where coalesce(bound_key, device, runtime) is not null))::int as bound,
         ${iso('max(last_event_at) filter (where coalesce(bound_key, device, runtime) is not null)')} as "lastBoundAt",
         (count(*) filter (where lasted > interval '1 hour'))::int as long,
         (count(*) filter (where lasted > interval '1 hour' and trusted_at > started_at + interval '1 second'))::int as renewed,
         (extract(epoch from percentile_cont(0.95) within group (order by lasted)) * 1000)::float8 as "lastedMs",
         (count(*) filter (where scope is not null))::int as scoped
       from (select own.*, greatest(coalesce(ended_at, last_event_at) - started_at, interval '0') as lasted from own) s
     ), words as (
       select coalesce(array_agg(word order by word), '{}') as scopes from (
         select distinct word from own, regexp_split_to_table(left(scope, 2000), '[\\s,]+') word where word <> '' limit 100) w
     ), overlap as (
       select max(n)::int as peak, ${iso('(array_agg(at order by n desc, at desc))[1]')} as at from (
         select at, sum(step) over (order by at, step) as n from (
           select started_at as at, 1 as step from own union all
           select coalesce(ended_at, live_until), -1 from own where coalesce(ended_at, live_until) is not null) e) o
     ), acts as (
       select coalesce(array_agg(action), '{}') as actions from (
         select action from decisions where identity_id = $1 and at > now() - interval '${DAYS} days' and not dry_run group by 1
         union select action from session_events where identity_id = $1 and at > now() - interval '${DAYS} days' and class <> 'session' group by 1
         limit ${ACTIONS_MOST}) a
     ), creds as (
       select coalesce(jsonb_agg(jsonb_build_object('firstSeenAt', ${iso('first_seen_at')}, 'expiresAt', ${iso('expires_at')},
         'lastUsedAt', ${iso('last_used_at')})), '[]') as credentials
       from (select * from credentials where identity_id = $1 and state = 'active' and (expires_at is null or expires_at > now()) order by first_seen_at limit 500) c
     )
     select i.sources, i.visibility, ${iso('(select max(taken_at) from coverage_snapshots)')} as "visibilityAt", i.owner,
       ${iso('i.owner_attested_at')} as "ownerAttestedAt", i.purpose, ${iso('i.last_seen_at')} as "lastSeenAt",
       ${iso('i.first_seen_at')} as "firstSeenAt", i.concurrency_limit as "concurrencyLimit", coalesce(overlap.peak, 0) as peak,
       overlap.at as "peakAt", used.*, words.scopes, acts.actions, creds.credentials
     from identities i, used, words, overlap, acts, creds where i.id = $1`,
    [identityId],
  );
  const [row] = rows;
  return row ? { ...row, visibilityAt: row.visibility === null ? null : row.visibilityAt } : null;
}

/** The newest end of access that a probe verified within 90 days: its own, else the slowest of the newest per connector. */
export async function readProven(identityId: string, connectorIds: string[]): Promise<PostureFacts['proven']> {
  const { rows } = await pool().query<{ at: string; ms: number; own: boolean; connector: string }>(
    `select distinct on (s.connector_id, r.identity_id = $1) ${iso('r.verified_at')} as at, r.identity_id = $1 as own,
       s.connector_id as connector, (extract(epoch from r.verified_at - coalesce(r.ended_again_at, r.clicked_at, r.requested_at)) * 1000)::float8 as ms
     from revocations r join revocation_steps s on s.revocation_id = r.id
     where r.kind in ('revoke', 'pause') and r.verified_at > now() - interval '90 days' and s.connector_id = any($2::uuid[])
       and s.verb = 'probe' and s.state = 'verified'
     order by s.connector_id, r.identity_id = $1, r.verified_at desc`,
    [identityId, connectorIds],
  );
  const own = rows.filter((row) => row.own).sort((a, b) => (a.at < b.at ? 1 : -1))[0];
  if (own) return { at: own.at, ms: own.ms, own: true };
  if (!connectorIds.every((id) => rows.some((row) => row.connector === id))) return null;
  const slowest = rows.sort((a, b) => b.ms - a.ms)[0];
  return slowest ? { at: slowest.at, ms: slowest.ms, own: false } : null;
}
