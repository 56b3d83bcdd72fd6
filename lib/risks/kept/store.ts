import type { Tx } from '@/lib/db/transaction';
import type { SessionOf, Speaking } from '@/lib/risks/risk-state';
import type { RiskLevel } from '@/lib/signals/event-model';

const MOST = 500;

export interface KnownSession extends SessionOf {
  identityId: string;
  said: Record<string, string> | null;
  risk: string | null;
}

interface Open extends Omit<Speaking, 'lastSeenAt'> {
  identityId: string;
  lastSeenAt: Date;
}

/** Open findings of these identities, the latest first. */
export async function openFindings(tx: Tx, identityIds: string[]): Promise<(Speaking & { identityId: string })[]> {
  const rows = await tx.$queryRaw<Open[]>`
    select id::text, identity_id::text as "identityId", detector, cause, severity, title, last_seen_at as "lastSeenAt",
           coalesce(evidence->'sessions', '[]') as sessions
      from findings where identity_id = any(${identityIds}::uuid[]) and state in ('open', 'acknowledged')
     order by last_seen_at desc`;
  return rows.map((row) => ({ ...row, lastSeenAt: row.lastSeenAt.toISOString() }));
}

/** Sessions that open findings of these identities name, or that one named which is just over. */
export async function namedSessions(tx: Tx, identityIds: string[], since: Date): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select distinct named.id from (select evidence from findings
       where identity_id = any(${identityIds}::uuid[]) and (state in ('open', 'acknowledged') or state_at >= ${since})
       order by last_seen_at desc limit ${MOST}) f, lateral jsonb_array_elements_text(coalesce(f.evidence->'sessions', '[]')) named(id)`;
  return rows.map((row) => row.id);
}

export const knownSessions = (tx: Tx, ids: string[]): Promise<KnownSession[]> =>
  tx.$queryRaw<KnownSession[]>`
    select s.id::text, s.identity_id::text as "identityId", s.credential_id::text as "credentialId", s.key, s.said_risk as said, s.risk
      from sessions s where s.id = any(${ids}::uuid[]) order by s.id`;

export const credentialsHeld = (tx: Tx, identityIds: string[]) =>
  tx.credential.findMany({
    where: { identityId: { in: identityIds } },
    select: { id: true, externalId: true, identityId: true },
  });

/** What each signal about a credential of these calls that credential: identity, `source:event` → names, of its latest one. */
export const namesSaid = (tx: Tx, identityIds: string[]) =>
  tx.$queryRaw<{ identityId: string; cause: string; names: string[] }[]>`
    select distinct on (1, 2) of::text as "identityId", source_id::text || ':' || regexp_replace(event, '^.*/', '') as cause,
      array_remove(array[p->>'friendly_name', p->>'x509_serial', p->>'fido2_aaguid', p->>'credential_id'], null) as names
    from signals_in, lateral (select claims->'events'->event as p) said, lateral unnest(identity_ids) of
    where identity_ids && ${identityIds}::uuid[] and of = any(${identityIds}::uuid[]) and event like '%credential%' order by 1, 2, id desc`;

export const writeSessionRisk = (tx: Tx, id: string, risk: RiskLevel | null) =>
  tx.session.updateMany({ where: { id }, data: { risk } });

export async function writeCredentialRisks(tx: Tx, identityId: string, risks: Record<string, string>): Promise<void> {
  const text = Object.keys(risks).length > 0 ? JSON.stringify(risks) : null;
  await tx.$executeRaw`update identities set credential_risks = ${text}::jsonb
    where id = ${identityId}::uuid and credential_risks is distinct from ${text}::jsonb`;
}

/** LOW of a source that never said anything else is not written. */
export const writeSaid = (tx: Tx, ids: string[], source: string, level: RiskLevel) =>
  tx.$executeRaw`update sessions set said_risk = coalesce(said_risk, '{}') || jsonb_build_object(${source}::text, ${level}::text)
    where id = any(${ids}::uuid[]) and ended_at is null and (${level} <> 'LOW' or said_risk ? ${source})
      and said_risk->>${source} is distinct from ${level}`;
