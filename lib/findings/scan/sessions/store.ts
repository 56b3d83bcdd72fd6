// What detectors over sessions read, set-based.
import { pool } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import type { LiveFact } from '@/lib/findings/detect-concurrency-limit';
import type { SessionFact } from '@/lib/findings/model';

interface SessionRecord {
  id: string;
  identity_id: string;
  name: string;
  kind: string;
  label: string;
  key: string | null;
  region: string | null;
  network: string | null;
  agent: string | null;
  tags: string[];
  from: Date;
  until: Date;
  reads: number;
  changes: number;
}

/** `until`: the last moment it is known to have lived; `open`: until when it counts as open. */
const sessionColumns = (
  until: 'seen' | 'open',
) => `s.id, s.identity_id, i.name, i.kind, s.label, coalesce(s.key, c.external_id) as key, s.region, s.network, s.agent,
  s.tags, s.started_at as "from", coalesce(s.ended_at, ${until === 'open' ? 's.live_until, now()' : 'greatest(s.last_event_at, case when s.live_until is null then now() end)'}) as until,
  s.read_count as reads, s.change_count as changes
  from sessions s join identities i on i.id = s.identity_id left join credentials c on c.id = s.credential_id`;

const sessionFact = ({ identity_id, name, kind, ...row }: SessionRecord): SessionFact => ({
  ...row,
  identityId: identity_id,
  identityName: name,
  identityKind: kind,
  from: row.from.toISOString(),
  until: row.until.toISOString(),
});

/** Sessions that carry a tag, of these identities, that were open at or after `since`. */
export async function readTagged(identityIds: string[], since: Date): Promise<SessionFact[]> {
  if (identityIds.length === 0) return [];
  const { rows } = await pool().query<SessionRecord>(
    `select ${sessionColumns('open')} where s.identity_id = any($1::uuid[]) and cardinality(s.tags) > 0 and (s.ended_at is null or s.ended_at >= $2)
     order by s.started_at desc limit 2000`,
    [identityIds, since],
  );
  return rows.map(sessionFact);
}

/** Those that were above their limit and are not among `above` any more: that excursion is over. */
export async function endExcursions(tx: Tx, above: string[], at: Date): Promise<void> {
  await tx.$executeRaw`
    update findings set evidence = evidence || jsonb_build_object('over', ${at.toISOString()}::text)
     where detector = 'concurrency-limit' and not (evidence ? 'over') and not (identity_id = any(${above}::uuid[]))`;
}

/** Identities that have more live sessions than their own limit, at most 500 of them, each with its newest sessions. */
export async function readAboveLimit(): Promise<LiveFact[]> {
  const { rows } = await pool().query<{
    id: string;
    name: string;
    limit: number;
    count: number;
    sessions: LiveFact['sessions'];
    at: Date;
  }>(
    `select i.id, i.name, i.concurrency_limit as "limit", now() as at, count(*)::int as count,
       (array_agg(jsonb_build_object('id', s.id, 'label', s.label, 'startedAt', to_char(s.started_at at time zone 'UTC',
         'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by s.started_at desc))[1:50] as sessions
     from identities i join sessions s on s.identity_id = i.id
     where i.concurrency_limit is not null and i.attributes ->> 'continuedAs' is null and s.ended_at is null and (s.live_until is null or s.live_until > now())
     group by i.id having count(*) > i.concurrency_limit order by i.id limit 500`,
  );
  return rows.map(({ id, name, at, ...row }) => ({ ...row, identityId: id, identityName: name, at: at.toISOString() }));
}

/**
 * Declared sessions of keys that are used from more than one place: live ones, those stored after `after` (a UUIDv7), and
 * those of `identityIds`. Their reads and changes are counted from what they asked; what logs tell of a key is read from events.
 */
export async function readSpreadKeys(after: string, identityIds: string[]): Promise<SessionFact[]> {
  const { rows } = await pool().query<SessionRecord>(
    `with used as materialized (
       select s.id, s.identity_id, coalesce(s.key, s.credential_id::text) as k, coalesce(s.region, s.network) as place from sessions s
       where (s.ended_at is null or s.id > $1 or s.identity_id = any($2::uuid[])) and coalesce(s.key, s.credential_id::text) is not null
         and coalesce(s.region, s.network) is not null and s.observed_by = 'declared'
     ), spread as (select identity_id, k from used group by 1, 2 having count(distinct place) > 1)
     select ${sessionColumns('seen')} join used u on u.id = s.id join spread p on p.identity_id = u.identity_id and p.k = u.k
     order by s.last_event_at desc limit 5000`,
    [after, identityIds],
  );
  return rows.map(sessionFact);
}

/** How often each of these sessions asked for each action since `after` (a UUIDv7). */
export async function readAsked(identityIds: string[], sessionIds: string[], after: string) {
  if (sessionIds.length === 0) return [];
  const { rows } = await pool().query<{ session_id: string; action: string; count: number }>(
    `select session_id, action, count(*)::int as count from decisions
     where identity_id = any($1::uuid[]) and session_id = any($2::uuid[]) and id > $3 and not dry_run group by 1, 2 limit 20000`,
    [identityIds, sessionIds, after],
  );
  return rows.map((row) => ({ sessionId: row.session_id, action: row.action, count: row.count }));
}

/** When the oldest import that runs, or ended after `since`, began to store sessions. */
export async function oldestImportSince(since: Date): Promise<Date | null> {
  const { rows } = await pool().query<{ at: Date | null }>(
    `select min(created_at) as at from imports where state = 'running' or finished_at > $1`,
    [since],
  );
  return rows[0]?.at ?? null;
}
