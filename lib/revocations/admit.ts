import type { Tx } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import type { BlastRadius, RevocationKind } from '@/lib/revocations/model';
import type { SystemFacts } from '@/lib/revocations/plan';
import {
  latestOf,
  lockIdentity,
  type StoredIdentity,
  type StoredSession,
  sessionsById,
  terminationOf,
} from '@/lib/revocations/store';
import { systemsFor, systemsOfSessions } from '@/lib/revocations/systems';

export interface Target {
  identity: StoredIdentity;
  sessions: StoredSession[];
  systems: SystemFacts[];
  radius: BlastRadius;
}

type Admitted = Omit<Target, 'radius'> | { existing: string };

const REACHED: Record<Exclude<RevocationKind, 'terminate'>, string> = {
  revoke: 'revoked',
  pause: 'paused',
  resume: 'active',
  restore: 'active',
};
const FROM: Record<'resume' | 'restore', string> = { resume: 'paused', restore: 'revoked' };

/** Locks the identity and says whether this may be done now, or was already. */
export async function admit(tx: Tx, kind: RevocationKind, identityId: string, sessionIds: string[]): Promise<Admitted> {
  const identity = await lockIdentity(tx, identityId);
  if (!identity) throw new BraidError('not_found', 'There is no such identity.');
  if (identity.protected) {
    throw new BraidError(
      'connector.protected',
      `${identity.name} is protected: superusers, replication and Braid’s own roles are never ended by Braid.`,
    );
  }
  const systems = await systemsFor(identity);
  if (kind === 'terminate') return admitSessions(tx, identity, systems, sessionIds);
  const existing = identity.state === REACHED[kind] ? await latestOf(tx, identityId, kind) : null;
  if (existing) return { existing: existing.id };
  if (kind === 'pause' && identity.state === 'revoked') {
    throw new BraidError('identity.revoked', `${identity.name} is revoked: there is nothing left to pause.`);
  }
  if (kind === 'resume' && identity.state === 'revoked') {
    throw new BraidError('identity.revoked', `${identity.name} is revoked, not paused: restore it instead.`);
  }
  if ((kind === 'resume' || kind === 'restore') && identity.state !== FROM[kind]) {
    throw new BraidError('conflict', `${identity.name} is ${identity.state}, not ${FROM[kind]}.`);
  }
  return { identity, sessions: [], systems };
}

async function admitSessions(
  tx: Tx,
  identity: StoredIdentity,
  systems: SystemFacts[],
  ids: string[],
): Promise<Admitted> {
  const sessions = await sessionsById(ids);
  const open = sessions.filter((session) => !session.endedAt);
  const existing = await terminationOf(tx, ids);
  if (existing) return { existing };
  if (!open.length) {
    throw new BraidError(
      'conflict',
      sessions.length === 1 ? 'This session has already ended.' : 'These sessions have already ended.',
    );
  }
  return { identity, sessions: open, systems: systemsOfSessions(systems, open) };
}
