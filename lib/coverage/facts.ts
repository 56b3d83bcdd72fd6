import type { ConnectorRow } from '@/lib/connectors/model';
import { assess } from '@/lib/coverage/assess';
import type { ConnectorFact, CoverageFacts, CoverageRow } from '@/lib/coverage/model';
import type { IdentityRecord, ProofRecord } from '@/lib/coverage/store';
import { excessOf, isJudged } from '@/lib/identities/privileges-evaluate';

type Proof = NonNullable<ConnectorFact['proven']>;

/** The newest verified end of access, per identity and per connected system. */
export function proofsOf(proofs: readonly ProofRecord[]): {
  byIdentity: Map<string, Proof>;
  byConnector: Map<string, Proof>;
} {
  const byIdentity = new Map<string, Proof>();
  const byConnector = new Map<string, Proof>();
  const keep = (map: Map<string, Proof>, key: string, proof: Proof) => {
    const known = map.get(key);
    if (!known || known.at < proof.at) map.set(key, proof);
  };
  for (const { identity_id, identity_name, connector_id, at, ms } of proofs) {
    const proof = { at: at.toISOString(), ms, identityName: identity_name };
    keep(byIdentity, identity_id, proof);
    keep(byConnector, connector_id, proof);
  }
  return { byIdentity, byConnector };
}

/** What the store holds of one identity, in the words the assessment uses. */
export function factsOf(
  one: IdentityRecord,
  systems: ReadonlyMap<string, ConnectorFact>,
  proven: Proof | null,
): CoverageFacts {
  const connectors = (one.connector_ids ?? []).flatMap((id) => systems.get(id) ?? []);
  return {
    identityId: one.id,
    name: one.name,
    kind: one.kind,
    managed: one.managed,
    protected: one.protected,
    environment: one.environment,
    owner: one.owner,
    ownerSource: one.owner_source,
    ownerAttestedAt: one.owner_attested_at?.toISOString() ?? null,
    purpose: one.purpose,
    sources: [...new Set([...connectors.map((each) => each.name), ...one.sources])].slice(0, 60),
    connectors,
    credentialsListed: one.listed,
    credentialsSeen: one.seen,
    lastSeenAt: one.last_seen_at?.toISOString() ?? null,
    liveSessions: one.live,
    peakSessions: one.peak_sessions,
    sessionCount: one.session_count,
    recentSessions: one.recent,
    boundSessions: one.bound,
    concurrencyLimit: one.concurrency_limit,
    ...(isJudged(one.attributes, one.scopes) ? { excess: excessOf(one.attributes, one.scopes, one.actions) } : {}),
    proven,
  };
}

/** Connected systems with what they can do with their settings and what was proven through them. */
export function systemsOf(
  connectors: readonly ConnectorRow[],
  proven: ReadonlyMap<string, Proof>,
): Map<string, ConnectorFact> {
  return new Map(
    connectors.map((each) => {
      const can = each.capabilities;
      const fact: ConnectorFact = {
        id: each.id,
        name: each.name,
        enabled: each.state === 'enabled' && each.health !== 'failing',
        lastSyncAt: each.lastSyncAt,
        listsSessions: can.list !== 'none',
        discovers: can.discover !== 'none',
        revokes: can.revokeAll !== 'none',
        proven: proven.get(each.id) ?? null,
      };
      return [each.id, fact];
    }),
  );
}

/** One identity judged, as it is stored. */
export function rowOf(facts: CoverageFacts, now: string): CoverageRow {
  return {
    identityId: facts.identityId,
    name: facts.name,
    kind: facts.kind,
    owner: facts.owner,
    ...assess(facts, now),
    environment: facts.environment,
    sources: facts.sources,
    lastSeenAt: facts.lastSeenAt,
    liveSessions: facts.liveSessions,
    peakSessions: facts.peakSessions,
    concurrencyLimit: facts.concurrencyLimit,
    ...(facts.excess === undefined ? {} : { excess: facts.excess }),
  };
}
