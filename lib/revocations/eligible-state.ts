import type { RevocationKind } from '@/lib/revocations/model';

type IdentityKind = Exclude<RevocationKind, 'terminate'>;

/** Why a secret is not rotated while its identity is shut: opening it gives back what was taken, the old secret with it. */
export const notNow = (state: string): string =>
  `is ${state}: restoring may give back what was taken, the old secret too. Open it first, and rotate then`;

/** Why an action over many leaves this identity out; null: it takes it. The same rules as for one alone. */
export function whyNot(
  kind: IdentityKind,
  identity: { name: string; state: string; protected: boolean },
): string | null {
  const { state } = identity;
  if (identity.protected) return 'protected: superusers, replication and Braid’s own roles are never ended by Braid';
  if (kind === 'revoke') return state === 'revoked' ? 'already revoked' : null;
  if (kind === 'rotate') return state === 'active' ? null : notNow(state);
  if (kind === 'pause') {
    if (state === 'revoked') return 'already revoked: there is nothing left to pause';
    return state === 'paused' ? 'already paused' : null;
  }
  const from = kind === 'resume' ? 'paused' : 'revoked';
  return state === from ? null : `is ${state}, not ${from}`;
}

/** Why this session is left out; null: it is ended. */
export function whyNotSession(session: { endedAt: Date | null }, identity: { protected: boolean }): string | null {
  if (identity.protected) return 'protected: its identity is never ended by Braid';
  return session.endedAt ? 'already ended' : null;
}
