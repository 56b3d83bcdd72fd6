import { prisma } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import type { GivenConsent } from '@/lib/playbooks/privileges-state';

const MOST = 200;

export const closingsSince = (identityIds: string[], since: Date) =>
  prisma().revocation.findMany({
    where: {
      identityId: { in: identityIds },
      kind: { in: ['terminate', 'revoke', 'rotate', 'pause'] },
      drill: false, // an exercise with a canary ends nothing of an incident
      requestedAt: { gte: since },
    },
    orderBy: { id: 'desc' },
    take: 50,
    select: {
      id: true,
      identityId: true,
      kind: true,
      state: true,
      requestedAt: true,
      sessionIds: true,
      undoneBy: true,
      regrowthUntil: true,
    },
  });

const LIVE = {
  id: true,
  identityId: true,
  label: true,
  source: true,
  lastValidatedAt: true,
  lastEventAt: true,
  credentialId: true,
  key: true,
  parentId: true,
  lineage: true,
} as const;
/** Live sessions; `only`: of these. */
export const liveOf = (identityId: string, only: string[] | null) =>
  prisma().session.findMany({
    where: { identityId, endedAt: null, ...(only ? { id: { in: only } } : {}) },
    select: LIVE,
    orderBy: { startedAt: 'desc' },
    take: MOST,
  });

export const credentialsOf = (identityId: string) =>
  prisma().credential.findMany({ where: { identityId }, orderBy: { firstSeenAt: 'asc' }, take: MOST });

/** Live sessions that descend from these, whoever holds them: delegations, role chains, refreshed tokens. */
export const heirsOf = (parentIds: string[]) =>
  prisma().session.findMany({ where: { parentId: { in: parentIds }, endedAt: null }, select: LIVE, take: MOST });

/** What each verified rotation since then replaced: everything but certificates that its system had of the identity before. */
export const rotatedSince = (identityId: string, since: Date) =>
  prisma().$queryRaw<{ credentialId: string; revocationId: string }[]>`
    select distinct on (c.id) c.id::text as "credentialId", r.id::text as "revocationId"
      from revocations r
      join rotated_secrets n on n.revocation_id = r.id and n.made
      join credentials c on c.identity_id = r.identity_id and c.connector_id = n.connector_id and c.first_seen_at < r.requested_at
     where r.identity_id = ${identityId}::uuid and r.kind = 'rotate' and r.state = 'verified' and r.undone_by is null
       and r.requested_at >= ${since} and c.kind <> 'certificate'
     order by c.id, r.id desc`;

/** What stands of what apps were allowed: by this identity, or to it. */
export const givenTo = (identityId: string, now: Date, db: Pick<Tx, '$queryRaw'> = prisma()) =>
  db.$queryRaw<GivenConsent[]>`
    select c.id::text, c.app, c.grantor, c.source, c.scopes from consents c
     where c.revoked_at is null and (c.until is null or c.until > ${now})
       and (c.identity_id = ${identityId}::uuid or exists (select from identity_aliases a where a.identity_id = ${identityId}::uuid
         and a.external_id in (c.app, 'app:' || c.app, 'oauth_app:' || c.app) and (a.issuer = c.source or a.issuer like c.source || ':%')))
     order by c.id limit ${MOST}`;

export const scopesOf = async (identityId: string, since: Date): Promise<string[]> =>
  (
    await prisma().session.findMany({
      where: { identityId, scope: { not: null }, startedAt: { gte: since } },
      distinct: ['scope'],
      select: { scope: true },
      take: MOST,
    })
  ).flatMap((row) => row.scope ?? []);

export interface Use {
  action: string;
  count: number;
  lastAt: Date;
  from: string;
}

/** What it has really done since then: allowed at the decision point, or told by a log as done. */
export async function usedSince(identityId: string, since: Date): Promise<Use[]> {
  const day = new Date(since.getTime() - 86_400_000);
  return prisma().$queryRaw<Use[]>`
    select * from (
      select action, count(*)::int as count, max(at) as "lastAt", 'decision point' as "from"
        from decisions where identity_id = ${identityId}::uuid and day >= ${day}::date and at >= ${since} and verdict = 'allow' and not dry_run
        group by action
      union all
      select action, count(*)::int, max(at), source
        from session_events where identity_id = ${identityId}::uuid and at >= ${since} and outcome = 'success' and class <> 'session'
        group by action, source
    ) used order by count desc, action limit ${MOST}`;
}

export interface SourceCount {
  source: string;
  events: number;
  failures: number;
  firstAt: Date;
  lastAt: Date;
}

export const eventsBySource = (identityId: string, from: Date, to: Date) =>
  prisma().$queryRaw<SourceCount[]>`
    select source, count(*)::int as events, (count(*) filter (where outcome <> 'success'))::int as failures,
           min(at) as "firstAt", max(at) as "lastAt"
    from session_events where identity_id = ${identityId}::uuid and at between ${from} and ${to}
    group by source order by events desc limit 100`;

export const verdictsOf = (identityId: string, from: Date, to: Date) =>
  prisma().$queryRaw<{ verdict: string; count: number }[]>`
    select verdict, count(*)::int as count from decisions
    where identity_id = ${identityId}::uuid and at between ${from} and ${to} and not dry_run
    group by verdict order by count desc`;

export const findingsOf = (identityId: string, from: Date) =>
  prisma().finding.findMany({
    where: { identityId, lastSeenAt: { gte: from } },
    orderBy: { lastSeenAt: 'desc' },
    take: 50,
    select: { id: true, title: true, severity: true, state: true, lastSeenAt: true },
  });

export const attributesOf = async (tx: Tx, identityId: string): Promise<unknown> =>
  (await tx.identity.findUnique({ where: { id: identityId }, select: { attributes: true } }))?.attributes;

/** Enabled connectors this identity is known by, and when each was last looked at whole. */
export const lookedAt = (identityId: string) =>
  prisma().$queryRaw<{ id: string; name: string; lastSyncAt: Date | null }[]>`
    select c.id::text, c.name, c.last_sync_at as "lastSyncAt" from connectors c
     where c.state = 'enabled' and exists (select from identity_aliases a
       where a.identity_id = ${identityId}::uuid and a.issuer = 'connector:' || c.id::text)
     order by c.name limit 50`;
