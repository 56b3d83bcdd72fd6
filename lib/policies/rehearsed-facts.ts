import { PLAIN_SESSION } from '@/lib/decisions/seen';
import { derivedId } from '@/lib/platform/ids';
import type { IdentitySeen, SessionSeen } from '@/lib/policies/compiled-model';
import { poolId } from '@/lib/policies/live-evaluate';
import type { FixtureIdentity } from '@/lib/policies/test-model';

// Identities and sessions as fixtures write them, and as they are judged. Pure.

export const identityOf = (name: string, given: FixtureIdentity): IdentitySeen => ({
  id: derivedId('identity', name),
  name,
  kind: given.kind,
  state: given.state,
  managed: given.managed,
  protected: given.protected,
  environment: given.environment ?? null,
  owner: given.owner ?? null,
  purpose: given.purpose ?? null,
  purposeOver: given.purpose_over ?? false,
  concurrencyLimit: given.concurrency_limit ?? null,
  visibility: given.visibility ?? null,
  revocationLagSecs: given.revocation_lag_secs ?? null,
  risk: given.risk ?? null,
  credentialRisks: given.credential_risks ?? null,
  workflows: given.workflows.map((flow) => ({ id: derivedId('workflow', flow), name: flow })),
});

export const newSession = (identity: IdentitySeen, label: string, startedMs: number): SessionSeen => ({
  ...PLAIN_SESSION,
  id: '',
  identityId: identity.id,
  label,
  startedMs,
  lastEventMs: startedMs,
  liveUntilMs: null,
});

/** What a caller can say of its session: not which trusted zones it comes from, nor its risk or whether a log tells of it, which a fixture says beside it. */
export const spoken = ({ zones: _zones, risk: _risk, monitored: _monitored, ...said }: Record<string, unknown>) => said;

/** What a caller or a system says of a session, where it says it. */
export function facetsOf(said: Record<string, unknown> | null): Partial<SessionSeen> {
  const { id: _id, monitored, ...rest } = said ?? {};
  return { ...rest, ...(monitored === undefined ? {} : { told: monitored }) } as Partial<SessionSeen>;
}

/** Live sessions by what they share with others, whoever they are of. */
export function poolsOf(
  identities: IdentitySeen[],
  liveOf: (identityIds: string[]) => SessionSeen[],
): Map<string, SessionSeen[]> {
  const found = new Map<string, SessionSeen[]>();
  const owners = new Map(identities.map((one) => [one.id, one.owner]));
  for (const one of liveOf([...owners.keys()])) {
    const shared = { credential: one.key, device: one.device, owner: owners.get(one.identityId) };
    for (const kind of ['credential', 'device', 'owner'] as const) {
      const value = shared[kind];
      if (value) found.set(poolId(kind, value), [...(found.get(poolId(kind, value)) ?? []), one]);
    }
  }
  return found;
}
