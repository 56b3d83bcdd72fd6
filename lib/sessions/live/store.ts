import type { NativeSession } from '@/lib/connectors/model';
import { issuerOf } from '@/lib/connectors/model';
import { prisma } from '@/lib/db/client';
import { Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import { floorId, newId } from '@/lib/platform/ids';

export interface Listing {
  connectorId: string;
  /** Vendor word. */
  source: string;
  sessions: NativeSession[];
  /** When the listing began: it says nothing about what came later. */
  at: Date;
  /** Formats of the log that is pulled from the same system. */
  logs?: string[];
}

interface Written {
  id: string;
  identity_id: string;
  fresh: boolean;
}

/** A session's last event is written at most every so often: a busy one has thousands a second. */
const TOUCH_SECS = 2;
/** And that its system still lists it. */
const VALIDATE_SECS = 10;

const rowsOf = (listing: Listing): string =>
  JSON.stringify(
    listing.sessions.map((session) => ({
      id: newId(),
      external_id: session.externalIdentityId,
      group_key: session.key.slice(0, 2048),
      kind: session.kind,
      label: session.label.slice(0, 200) || session.key.slice(0, 200),
      state: session.idle ? 'idle' : 'live',
      started_at: session.startedAt,
      last_event_at: session.lastEventAt,
      network: session.network?.slice(0, 64) ?? null,
      agent: session.agent?.slice(0, 200) ?? null,
      key: session.credential ?? null,
      native: { ...session.native, externalIdentityId: session.externalIdentityId },
    })),
  );

const RECORD = Prisma.sql`q(id uuid, external_id text, group_key text, kind text, label text, state text, started_at timestamptz,
  last_event_at timestamptz, network text, agent text, key text, native jsonb)`;

/** Opens what is new, touches what is known, opens again what was thought to be gone before the listing began. */
export async function writeListed(tx: Tx, listing: Listing): Promise<Written[]> {
  const { connectorId, source, at } = listing;
  return tx.$queryRaw<Written[]>`
    insert into sessions as s (id, identity_id, connector_id, source, observed_by, group_key, kind, label, state, started_at, last_event_at,
      trusted_at, last_validated_at, network, agent, key, native)
    select distinct on (a.identity_id, q.group_key, q.started_at) q.id, a.identity_id, ${connectorId}::uuid, ${source}, 'native', q.group_key,
      q.kind, q.label, q.state, q.started_at, greatest(q.last_event_at, q.started_at), q.started_at, ${at}, q.network, q.agent, q.key, q.native
      from jsonb_to_recordset(${rowsOf(listing)}::jsonb) as ${RECORD}
      join identity_aliases a on a.issuer = ${issuerOf(connectorId)} and a.external_id = q.external_id
     order by a.identity_id, q.group_key, q.started_at
    on conflict (identity_id, source, group_key, started_at) do update
      set state = excluded.state, last_event_at = greatest(s.last_event_at, excluded.last_event_at), native = excluded.native,
          last_validated_at = greatest(s.last_validated_at, excluded.last_validated_at), stale = false,
          connector_id = excluded.connector_id, ended_at = null, ended_by = null, end_reason = null
    where (s.ended_at is null and (excluded.last_event_at >= s.last_event_at + make_interval(secs => ${TOUCH_SECS})
            or (excluded.state <> s.state and excluded.last_event_at > s.last_event_at)
            or s.stale or s.last_validated_at is null
            or excluded.last_validated_at >= s.last_validated_at + make_interval(secs => ${VALIDATE_SECS})))
       or s.ended_at < ${at}::timestamptz - interval '1 second'
    returning s.id::text, s.identity_id::text, (xmax = 0) as fresh`;
}

/** Ends what the connector no longer lists. */
export async function endVanished(tx: Tx, listing: Listing): Promise<{ id: string; identity_id: string }[]> {
  const keys = listing.sessions.map((session) => session.key.slice(0, 2048));
  return tx.$queryRaw<{ id: string; identity_id: string }[]>`
    update sessions set state = 'ended', ended_at = greatest(${listing.at}::timestamptz, last_event_at, started_at), ended_by = 'itself'
     where connector_id = ${listing.connectorId}::uuid and observed_by = 'native' and ended_at is null
       and not (group_key = any(${keys}::text[]))
    returning id::text, identity_id::text`;
}

export async function unknownOf(tx: Tx, listing: Listing): Promise<string[]> {
  const names = [...new Set(listing.sessions.map((session) => session.externalIdentityId))];
  const rows = await tx.$queryRaw<{ name: string }[]>`
    select q.name from unnest(${names}::text[]) as q(name)
     where not exists (select 1 from identity_aliases a where a.issuer = ${issuerOf(listing.connectorId)} and a.external_id = q.name)`;
  return rows.map((row) => row.name);
}

export const countOpen = (tx: Tx, connectorId: string): Promise<number> =>
  tx.session.count({ where: { connectorId, endedAt: null } });

/** Brings an identity's counters up to date: last seen, sessions in all, most at once. Locked in one order, as decisions lock them. */
export async function countIdentities(tx: Tx, added: Map<string, number>, at: Date): Promise<void> {
  if (added.size === 0) return;
  const rows = JSON.stringify([...added].map(([id, fresh]) => ({ id, fresh })));
  await tx.$executeRaw`
    with t as (
      select i.id, q.fresh from jsonb_to_recordset(${rows}::jsonb) as q(id uuid, fresh int)
        join identities i on i.id = q.id order by i.id for update of i
    ), l as (
      select t.id, t.fresh, count(s.id)::int as n, max(s.last_event_at) as seen from t
        left join sessions s on s.identity_id = t.id and s.ended_at is null and (s.live_until is null or s.live_until > ${at}::timestamptz)
       group by t.id, t.fresh
    )
    update identities i set session_count = i.session_count + l.fresh, last_seen_at = greatest(i.last_seen_at, l.seen),
      peak_sessions = greatest(i.peak_sessions, l.n), peak_at = case when l.n > i.peak_sessions then ${at}::timestamptz else i.peak_at end
    from l where i.id = l.id`;
}

/** Ends sessions that have been silent too long, at most `most`; they end with their last event, or with their log where that has no end of theirs. */
export async function endSilent(tx: Tx, now: Date, most: number): Promise<{ id: string; identity_id: string }[]> {
  return tx.$queryRaw<{ id: string; identity_id: string }[]>`
    update sessions s set state = 'ended', ended_by = 'timeout', dark = false, ended_at = greatest(s.started_at, s.last_event_at,
       case when s.unclosed then (select l."to" from log_spans l where l.source = s.source and s.started_at between l."from" and l."to") end)
     where s.id in (select id from sessions where ended_at is null and live_until <= ${now}::timestamptz
                   order by live_until limit ${most} for update skip locked)
    returning id::text, identity_id::text`;
}

/** Marks live sessions as idle that only their events show, and that have been silent since. Returns whose. */
export async function markIdle(tx: Tx, since: Date, most: number): Promise<{ id: string; identity_id: string }[]> {
  return tx.$queryRaw<{ id: string; identity_id: string }[]>`
    update sessions set state = 'idle' where id in (
      select id from sessions where ended_at is null and state = 'live' and live_until is not null and connector_id is null
        and not unclosed and observed_by <> 'declared' and last_event_at < ${since}::timestamptz
      order by live_until limit ${most} for update skip locked)
    returning id::text, identity_id::text`;
}

/**
 * Marks sessions as dark that their system lists as busy while no log, and no decision, tells of anything their identity has done
 * since; and takes the mark from those that are told of again. Returns whose changed.
 */
export async function markDark(tx: Tx, since: Date): Promise<{ id: string; identity_id: string }[]> {
  return tx.$queryRaw<{ id: string; identity_id: string }[]>`
    with watched as (
      select s.id, s.identity_id, s.dark, (s.state = 'live' and s.started_at < ${since}::timestamptz
        and not exists (select from session_events e where e.identity_id = s.identity_id and e.at >= ${since}::timestamptz)
        and not exists (select from decisions d where d.identity_id = s.identity_id and d.id >= ${floorId(since.getTime())}::uuid)) as is_dark
      from sessions s join connectors c on c.id = s.connector_id
      where s.observed_by = 'native' and s.ended_at is null and c.state = 'enabled'
    )
    update sessions s set dark = w.is_dark from watched w where s.id = w.id and s.dark is distinct from w.is_dark
    returning s.id::text, s.identity_id::text`;
}

/** Marks sessions of enabled connectors that their system has not listed since. Returns how many are newly so. */
export const markUnconfirmed = (tx: Tx, since: Date): Promise<number> => tx.$executeRaw`
  update sessions s set stale = true from connectors c
   where c.id = s.connector_id and c.state = 'enabled' and s.observed_by = 'native' and s.ended_at is null and not s.stale
     and coalesce(s.last_validated_at, s.started_at) < ${since}::timestamptz`;

export interface LiveRow {
  id: string;
  name: string;
  kind: string;
  state: string;
  live: number;
  limit: number | null;
  peak: number;
}

/** Those with most live sessions; over their limit first. */
export async function readLive(most: number, now: Date): Promise<LiveRow[]> {
  return prisma().$queryRaw<LiveRow[]>`
    with l as (select identity_id, count(*)::int as n from sessions
                where ended_at is null and (live_until is null or live_until > ${now}::timestamptz) group by 1)
    select i.id::text, i.name, i.kind, i.state, l.n as live, i.concurrency_limit as "limit", greatest(i.peak_sessions, l.n) as peak
      from l join identities i on i.id = l.identity_id where i.attributes ->> 'continuedAs' is null
     order by (l.n > coalesce(i.concurrency_limit, 2147483647)) desc, l.n desc, i.name limit ${most}`;
}
