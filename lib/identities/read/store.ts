import type { z } from 'zod';
import { prisma } from '@/lib/db/client';
import { Prisma } from '@/lib/db/generated/client';
import type { IdentityKind, IdentityRow, IdentityState, identityListQuerySchema } from '@/lib/identities/model';

type Query = z.output<typeof identityListQuerySchema>;

/** A session is live until it ends or, where nobody says when it ends, until it has been silent too long. */
const LIVE = Prisma.sql`s.ended_at is null and (s.live_until is null or s.live_until > now())`;

interface Read {
  id: string;
  name: string;
  external_id: string;
  kind: string;
  state: string;
  environment: string | null;
  owner: string | null;
  managed: boolean;
  protected: boolean;
  sources: string[];
  live: number;
  concurrency_limit: number | null;
  peak_sessions: number;
  session_count: number;
  last_seen_at: Date | null;
  visibility: number | null;
  seen_us: string;
}

const rowOf = (read: Read): IdentityRow => ({
  id: read.id,
  name: read.name,
  externalId: read.external_id,
  kind: read.kind as IdentityKind,
  state: read.state as IdentityState,
  environment: read.environment,
  owner: read.owner,
  managed: read.managed,
  protected: read.protected,
  sources: read.sources,
  liveSessions: read.live,
  concurrencyLimit: read.concurrency_limit,
  peakSessions: Math.max(read.peak_sessions, read.live),
  sessionCount: read.session_count,
  lastSeenAt: read.last_seen_at?.toISOString() ?? null,
  visibility: read.visibility,
});

/** Where a page ended, in the order of the list. */
export interface After {
  live: number;
  /** Microseconds since the epoch; 0 = never seen. */
  seen: string;
  name: string;
  id: string;
}

const SEEN = Prisma.sql`coalesce((extract(epoch from i.last_seen_at) * 1000000)::bigint, 0)`;
const COUNT = Prisma.sql`coalesce(l.n, 0)`;

const ORDERS = {
  live: Prisma.sql`${COUNT} desc, ${SEEN} desc, i.id desc`,
  lastSeen: Prisma.sql`${SEEN} desc, i.id desc`,
  name: Prisma.sql`i.name, i.id`,
};

function afterOf(sort: Query['sort'], after: After): Prisma.Sql {
  if (sort === 'name') return Prisma.sql`(i.name, i.id) > (${after.name}, ${after.id}::uuid)`;
  const seen = Prisma.sql`(${SEEN}, i.id) < (${after.seen}::bigint, ${after.id}::uuid)`;
  if (sort === 'lastSeen') return seen;
  return Prisma.sql`(${COUNT} < ${after.live} or (${COUNT} = ${after.live} and ${seen}))`;
}

/** Not the history of one that goes on under another id: its names mean that one now. */
const STANDS = Prisma.sql`i.attributes ->> 'continuedAs' is null`;

function filtersOf(query: Query): Prisma.Sql[] {
  const where = [STANDS];
  if (query.q) {
    const like = `%${query.q.replace(/[\\%_]/g, '\\$&')}%`;
    where.push(Prisma.sql`(i.name ilike ${like} or i.external_id ilike ${like} or i.owner ilike ${like})`);
  }
  if (query.kind) where.push(Prisma.sql`i.kind = ${query.kind}`);
  if (query.state) where.push(Prisma.sql`i.state = ${query.state}`);
  if (query.environment) where.push(Prisma.sql`i.environment = ${query.environment}`);
  if (query.owner === 'none') where.push(Prisma.sql`i.owner is null`);
  else if (query.owner) where.push(Prisma.sql`i.owner = ${query.owner}`);
  if (query.source) where.push(Prisma.sql`${query.source} = any(i.sources)`);
  if (query.managed !== undefined) where.push(Prisma.sql`i.managed = ${query.managed}`);
  if (query.protected !== undefined) where.push(Prisma.sql`i.protected = ${query.protected}`);
  if (query.connectorId)
    where.push(Prisma.sql`exists (select 1 from identity_aliases a
      where a.identity_id = i.id and a.issuer = ${`connector:${query.connectorId}`})`);
  if (query.workflowId)
    where.push(Prisma.sql`exists (select 1 from workflow_members m
      where m.identity_id = i.id and m.workflow_id = ${query.workflowId}::uuid)`);
  if (query.live !== undefined) where.push(Prisma.sql`(${COUNT} > 0) = ${query.live}`);
  if (query.purposeOver !== undefined)
    where.push(Prisma.sql`coalesce(i.purpose_until < now(), false) = ${query.purposeOver}`);
  if (query.overLimit !== undefined)
    where.push(Prisma.sql`(${COUNT} > coalesce(i.concurrency_limit, 2147483647)) = ${query.overLimit}`);
  return where;
}

const COLUMNS = Prisma.sql`i.id::text, i.name, i.external_id, i.kind, i.state, i.environment, i.owner, i.managed, i.protected, i.sources,
  ${COUNT}::int as live, i.concurrency_limit, i.peak_sessions, i.session_count, i.last_seen_at, c.visibility, ${SEEN}::text as seen_us`;

const visibility = Prisma.sql`left join coverage_rows c on c.identity_id = i.id
  and c.snapshot_id = (select id from coverage_snapshots order by taken_at desc limit 1)`;

/** One more than asked for, when there is more. What is live is counted once, over the index of live sessions. */
export async function readIdentities(query: Query, after: After | null): Promise<{ row: IdentityRow; after: After }[]> {
  const where = filtersOf(query);
  if (after) where.push(afterOf(query.sort, after));
  const rows = await prisma().$queryRaw<Read[]>`
    with l as materialized (select s.identity_id, count(*)::int as n from sessions s where ${LIVE} group by 1)
    select ${COLUMNS} from identities i left join l on l.identity_id = i.id ${visibility}
     where ${Prisma.join(where, ' and ')} order by ${ORDERS[query.sort]} limit ${query.limit + 1}`;
  return rows.map((read) => ({
    row: rowOf(read),
    after: { live: read.live, seen: read.seen_us, name: read.name, id: read.id },
  }));
}

export async function readIdentity(id: string): Promise<IdentityRow | null> {
  const rows = await prisma().$queryRaw<Read[]>`
    select ${COLUMNS} from identities i
      left join lateral (select count(*)::int as n from sessions s where s.identity_id = i.id and ${LIVE}) l on true ${visibility}
     where i.id = ${id}::uuid`;
  return rows[0] ? rowOf(rows[0]) : null;
}

const SHOWN = 200;

/** Everything else that stands on an identity's page. */
export async function readAround(id: string) {
  const db = prisma();
  const [identity, aliases, credentials, credentialsTotal, workflows, notes, coverage] = await Promise.all([
    db.identity.findUniqueOrThrow({ where: { id } }),
    db.identityAlias.findMany({ where: { identityId: id }, orderBy: { createdAt: 'asc' }, take: SHOWN }),
    db.credential.findMany({ where: { identityId: id }, orderBy: { id: 'asc' }, take: SHOWN }),
    db.credential.count({ where: { identityId: id } }),
    db.workflow.findMany({
      where: { members: { some: { identityId: id } } },
      include: { _count: { select: { members: true } } },
      orderBy: { name: 'asc' },
      take: 100,
    }),
    db.note.findMany({ where: { targetType: 'identity', targetId: id }, orderBy: { id: 'desc' }, take: SHOWN }),
    db.coverageRow.findFirst({ where: { identityId: id }, orderBy: { snapshot: { takenAt: 'desc' } } }),
  ]);
  const named = aliases.flatMap(({ issuer }) => (issuer.startsWith('connector:') ? [issuer.slice(10)] : []));
  const connectors = await db.connector.findMany({
    where: { id: { in: [...new Set(named)].filter((one) => /^[0-9a-f-]{36}$/.test(one)) } },
    select: { id: true, name: true, vendor: true },
    orderBy: { name: 'asc' },
  });
  return { identity, aliases, credentials, credentialsTotal, workflows, notes, coverage, connectors };
}
