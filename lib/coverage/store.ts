import { type CoverageRow, type CoverageSource, type CoverageTotals, totalsSchema } from '@/lib/coverage/model';
import { pool, prisma } from '@/lib/db/client';
import type { Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';

export interface IdentityRecord {
  id: string;
  name: string;
  kind: string;
  managed: boolean;
  protected: boolean;
  environment: string | null;
  owner: string | null;
  owner_source: string | null;
  owner_attested_at: Date | null;
  purpose: string | null;
  sources: string[];
  last_seen_at: Date | null;
  session_count: number;
  peak_sessions: number;
  concurrency_limit: number | null;
  connector_ids: string[] | null;
  listed: number;
  seen: number;
  live: number;
  recent: number;
  bound: number;
  attributes: Record<string, unknown>;
  /** Of its sessions of the last 30 days. */
  scopes: string[];
  /** What was done in the last 30 days, of those whose sessions carry a scope. */
  actions: string[];
}

/** Every identity with what the six tests need, people and unmanaged ones included, in one statement. */
export async function readIdentities(): Promise<IdentityRecord[]> {
  const { rows } = await pool().query<IdentityRecord>(
    `with held as (
       select a.identity_id, array_agg(distinct substr(a.issuer, 11)) as connector_ids from identity_aliases a
       where a.issuer like 'connector:%' group by 1
     ), creds as (
       select identity_id, (count(*) filter (where connector_id is not null))::int as listed,
         (count(*) filter (where connector_id is null))::int as seen from credentials group by 1
     ), used as (
       select identity_id,
         (count(*) filter (where ended_at is null and (live_until is null or live_until > now())))::int as live,
         (count(*) filter (where coalesce(ended_at, last_event_at) > now() - interval '30 days'))::int as recent,
         (count(*) filter (where coalesce(ended_at, last_event_at) > now() - interval '30 days'
           and coalesce(device, runtime, key) is not null))::int as bound
       from sessions group by 1
     ), scoped as (
       select identity_id, (array_agg(distinct scope))[1:200] as scopes from sessions
       where scope is not null and started_at > now() - interval '30 days' group by 1
     ), done as (
       select identity_id, array_agg(distinct action) as actions from (
         select d.identity_id, d.action from decisions d join scoped using (identity_id)
         where d.day >= (now() - interval '31 days')::date and d.at > now() - interval '30 days' and d.verdict = 'allow' and not d.dry_run
         union all
         select e.identity_id, e.action from session_events e join scoped using (identity_id)
         where e.at > now() - interval '30 days' and e.outcome = 'success' and e.class <> 'session'
       ) a group by 1
     )
     select i.id, i.name, i.kind, i.managed, i.protected, i.environment, i.owner, i.owner_source, i.owner_attested_at, i.purpose,
       i.sources, i.last_seen_at, i.session_count, i.peak_sessions, i.concurrency_limit, held.connector_ids,
       coalesce(creds.listed, 0) as listed, coalesce(creds.seen, 0) as seen, coalesce(used.live, 0) as live,
       coalesce(used.recent, 0) as recent, coalesce(used.bound, 0) as bound,
       i.attributes, coalesce(scoped.scopes, '{}') as scopes, coalesce(done.actions, '{}') as actions
     from identities i left join held on held.identity_id = i.id left join creds on creds.identity_id = i.id
     left join used on used.identity_id = i.id left join scoped on scoped.identity_id = i.id
     left join done on done.identity_id = i.id where i.attributes ->> 'continuedAs' is null order by i.name, i.id`,
  );
  return rows;
}

/** Those `take` would count and no snapshot has judged. */
export async function countUnjudged(): Promise<number> {
  const { rows } = await pool().query<{ count: number }>(
    `select count(*)::int as count from identities
     where visibility is null and managed and kind <> 'human' and attributes ->> 'continuedAs' is null`,
  );
  return rows[0]!.count;
}

export interface ProofRecord {
  identity_id: string;
  identity_name: string;
  connector_id: string;
  at: Date;
  ms: number;
}

/** Revocations and pauses that a probe has verified, newest per identity and system, after `since`. A canary’s drill is an exercise: it proves nothing of those who do the work. */
export async function readProofs(since: Date): Promise<ProofRecord[]> {
  const { rows } = await pool().query<ProofRecord>(
    `select distinct on (r.identity_id, s.connector_id) r.identity_id, i.name as identity_name, s.connector_id, r.verified_at as at,
       (extract(epoch from r.verified_at - coalesce(r.ended_again_at, r.clicked_at, r.requested_at)) * 1000)::int as ms
     from revocations r join revocation_steps s on s.revocation_id = r.id join identities i on i.id = r.identity_id
     where r.kind in ('revoke', 'pause') and r.verified_at > $1 and s.connector_id is not null and s.state = 'verified' and not r.drill
     order by r.identity_id, s.connector_id, r.verified_at desc`,
    [since],
  );
  return rows;
}

export interface ObservedRecord {
  source: string;
  identities: string[];
  lastAt: Date | null;
  storedAt: Date | null;
}

/** What logs and callers of the decision API have told, by source. */
export async function readObserved(): Promise<ObservedRecord[]> {
  const { rows } = await pool().query<{
    source: string;
    identities: string[];
    last_at: Date | null;
    stored_at: Date | null;
  }>(
    `select s.source, array_agg(distinct s.identity_id) as identities, max(s.last_event_at) as last_at, max(s.created_at) as stored_at
     from sessions s where s.connector_id is null group by 1 order by 1`,
  );
  return rows.map((row) => ({
    source: row.source,
    identities: row.identities,
    lastAt: row.last_at,
    storedAt: row.stored_at,
  }));
}

export interface NewSnapshot {
  id: string;
  weekOf: string;
  takenAt: Date;
  actorName: string;
  totals: CoverageTotals;
  sources: CoverageSource[];
  rows: CoverageRow[];
}

const CHUNK = 1_000;

/** Keeps a snapshot, and on each identity how visible it is, which policies can ask. */
export async function insertSnapshot(tx: Tx, snapshot: NewSnapshot): Promise<void> {
  const { rows, weekOf, ...data } = snapshot;
  await tx.coverageSnapshot.create({
    data: {
      ...data,
      weekOf: new Date(`${weekOf}T00:00:00Z`),
      totals: data.totals as unknown as Prisma.InputJsonObject,
      sources: data.sources as unknown as Prisma.InputJsonArray,
    },
  });
  for (let at = 0; at < rows.length; at += CHUNK)
    await tx.coverageRow.createMany({
      data: rows.slice(at, at + CHUNK).map(({ identityId, name, kind, owner, visibility, tests, gaps, ...facts }) => ({
        snapshotId: snapshot.id,
        identityId,
        name,
        kind,
        owner,
        visibility,
        tests: tests as Prisma.InputJsonObject,
        gaps,
        facts: facts as Prisma.InputJsonObject,
      })),
    });
  await tx.$executeRaw`update identities i set visibility = r.visibility from coverage_rows r
    where r.snapshot_id = ${snapshot.id}::uuid and r.identity_id = i.id and i.visibility is distinct from r.visibility`;
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

export async function readSnapshot(id: string | null) {
  const snapshot = id
    ? await prisma().coverageSnapshot.findUnique({ where: { id } })
    : await prisma().coverageSnapshot.findFirst({ orderBy: [{ takenAt: 'desc' }, { id: 'desc' }] });
  if (!snapshot) return null;
  const rows = await prisma().coverageRow.findMany({
    where: { snapshotId: snapshot.id },
    orderBy: [{ visibility: 'asc' }, { name: 'asc' }, { identityId: 'asc' }],
  });
  return {
    id: snapshot.id,
    weekOf: dayOf(snapshot.weekOf),
    takenAt: snapshot.takenAt.toISOString(),
    takenBy: snapshot.actorName,
    totals: totalsSchema.parse(snapshot.totals),
    sources: snapshot.sources as unknown as CoverageSource[],
    rows: rows.map(
      (row) =>
        ({
          identityId: row.identityId,
          name: row.name,
          kind: row.kind,
          owner: row.owner,
          visibility: row.visibility,
          tests: row.tests,
          gaps: row.gaps,
          ...(row.facts as object),
        }) as unknown as CoverageRow,
    ),
  };
}

/** The last snapshot of each week up to `until`, oldest first, at most `most` weeks. */
export async function readTrend(until: Date, most: number) {
  const { rows } = await pool().query<{ id: string; week_of: string; taken_at: Date; known: number; full: number }>(
    `select * from (
       select distinct on (week_of) id, to_char(week_of, 'YYYY-MM-DD') as week_of, taken_at, (totals->>'known')::int as known,
         (totals->>'full')::int as full
       from coverage_snapshots where taken_at <= $1 order by week_of desc, taken_at desc limit $2
     ) w order by week_of`,
    [until, most],
  );
  return rows.map((row) => ({
    id: row.id,
    weekOf: row.week_of,
    takenAt: row.taken_at.toISOString(),
    known: row.known,
    full: row.full,
  }));
}
