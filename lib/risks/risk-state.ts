import type { Risk } from '@/lib/risks/model';

// Which open finding speaks of a session, which of a credential; none of both. Pure.

/** An open finding, as far as it matters here. */
export interface Speaking {
  id: string;
  detector: string;
  cause: string;
  severity: string;
  title: string;
  lastSeenAt: string;
  /** Sessions in its evidence. */
  sessions: readonly string[];
  /** What the signal it rests on calls the credential; absent: it rests on none, or that names none. */
  names?: readonly string[];
}
export interface CredentialSeen {
  id: string;
  externalId: string;
}
export interface SessionOf {
  id: string;
  credentialId: string | null;
  key: string | null;
}

/** A copy of a credential, or a dead one that is presented: the secret is in other hands, whatever its sessions do. */
const OF_CREDENTIALS = ['token-reuse', 'instance-credentials', 'dead-token'];
/** Signals of other systems about a credential: the end of the finding's cause. */
const CREDENTIAL_SIGNAL = /:(credential-compromise|credential-change|account-credential-change-required)$/;
/** Those about an account speak of the identity; a level of risk stands where it was said, until something else is. */
const IDENTITY_SIGNAL = /:((session-)?risk-level-change|account-(disabled|enabled|purged))$/;
/** A credential that was revoked and works is a credential's; that a session goes on after a rotation is the session's. */
const survives = ({ detector, cause }: Speaking): boolean =>
  detector === 'survival' && cause.startsWith('credential:') && !cause.endsWith(':rotated');

const ofCredential = (finding: Speaking): boolean =>
  finding.detector === 'shared-signal'
    ? CREDENTIAL_SIGNAL.test(finding.cause)
    : OF_CREDENTIALS.includes(finding.detector) || survives(finding);

/** It names sessions because they are in its picture, but says nothing against one of them. */
const ofIdentity = (finding: Speaking): boolean =>
  finding.detector === 'shared-signal' && IDENTITY_SIGNAL.test(finding.cause);

const RANK = ['critical', 'high', 'medium', 'low'];

function riskOf(findings: readonly Speaking[]): Risk {
  const gravest = [...findings].sort((a, b) => RANK.indexOf(a.severity) - RANK.indexOf(b.severity));
  const top = gravest[0]?.severity;
  return {
    level: !top ? null : RANK.indexOf(top) <= 1 ? 'HIGH' : top === 'medium' ? 'MEDIUM' : 'LOW',
    because: gravest
      .slice(0, 50)
      .map(({ id, title, severity, lastSeenAt }) => ({ findingId: id, title, severity, lastSeenAt })),
  };
}

/** Of open findings those that name the session and speak neither of a credential nor of the account. */
export const sessionRisk = (sessionId: string, findings: readonly Speaking[]): Risk =>
  riskOf(findings.filter((one) => one.sessions.includes(sessionId) && !ofCredential(one) && !ofIdentity(one)));

const isNamed = (finding: Speaking, credential: CredentialSeen): boolean =>
  [`family:${credential.externalId}`, `credential:${credential.externalId}`].includes(finding.cause) ||
  finding.cause.startsWith(`credential:${credential.externalId}:`);

/**
 * Of open findings those about this credential: by its name, or by what a session in their evidence logged in with. A signal that
 * names none of `all` speaks of each one of the identity: which it was is not known.
 */
export function credentialRisk(
  credential: CredentialSeen,
  all: readonly CredentialSeen[],
  findings: readonly Speaking[],
  sessions: ReadonlyMap<string, SessionOf>,
): Risk {
  const opened = (id: string): boolean => {
    const session = sessions.get(id);
    return session?.credentialId === credential.id || session?.key === credential.externalId;
  };
  const isSignalled = ({ names = [] }: Speaking): boolean =>
    names.includes(credential.externalId) || !all.some((one) => names.includes(one.externalId));
  const isMeant = (one: Speaking): boolean =>
    one.detector === 'shared-signal'
      ? isSignalled(one)
      : isNamed(one, credential) || (!one.cause.startsWith('credential:') && one.sessions.some(opened));
  return riskOf(findings.filter((one) => ofCredential(one) && isMeant(one)));
}
