import type { Tx } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { drillOf } from '@/lib/revocations/drilled/store';
import { notNow } from '@/lib/revocations/eligible-state';
import type { RevocationKind } from '@/lib/revocations/model';
import { nowhere } from '@/lib/revocations/plan';
import type { Looked } from '@/lib/revocations/preview';
import { rotationOf } from '@/lib/revocations/rotated/store';
import { latestOf, lockIdentity, type StoredIdentity, terminationOf } from '@/lib/revocations/store';

type Admitted = { identity: StoredIdentity } | { existing: string } | { over: true };

const REACHED: Record<Exclude<RevocationKind, 'terminate' | 'rotate'>, string> = {
  revoke: 'revoked',
  pause: 'paused',
  resume: 'active',
  restore: 'active',
};
const FROM: Record<'resume' | 'restore', string> = { resume: 'paused', restore: 'revoked' };

/**
 * A drill takes only what is open, in the one system it measures, and gives back only what a drill took there: what somebody
 * closed in earnest meanwhile stays closed. The identity itself stays what it is.
 */
async function admitDrill(tx: Tx, kind: RevocationKind, identity: StoredIdentity, at: string): Promise<Admitted> {
  const { id, name, state } = identity;
  const open = await drillOf(tx, id, at);
  if (kind === 'revoke') {
    if (state !== 'active')
      throw new BraidError('conflict', `${name} is ${state} by now, so nothing could be measured.`);
    if (open)
      throw new BraidError('conflict', `An earlier drill has not given ${name} its access back: restore it first.`);
    return { identity };
  }
  if (state !== 'active')
    throw new BraidError('identity.revoked', `${name} was ${state} in earnest meanwhile, and stays so.`);
  if (!open) throw new BraidError('conflict', `Nothing was taken of ${name} there, or it was given back already.`);
  return { identity };
}

/** Locks the identity and says whether this may be done now, or was already; `over`: its sessions have ended by themselves. */
export async function admit(tx: Tx, kind: RevocationKind, looked: Looked, drill?: string): Promise<Admitted> {
  const { identityId, sessionIds, sessions } = looked;
  const identity = await lockIdentity(tx, identityId);
  if (!identity) throw new BraidError('not_found', 'There is no such identity.');
  if (identity.protected) {
    throw new BraidError(
      'connector.protected',
      `${identity.name} is protected: superusers, replication and Braid’s own roles are never ended by Braid.`,
    );
  }
  if (kind === 'terminate') {
    const existing = await terminationOf(tx, identityId, sessionIds);
    if (existing) return { existing };
    return sessions.length ? { identity } : { over: true };
  }
  if (drill) return admitDrill(tx, kind, identity, drill);
  if (kind === 'rotate') {
    const rotating = await rotationOf(tx, identityId);
    if (rotating) return { existing: rotating };
    if (identity.state !== 'active') throw new BraidError('conflict', `${identity.name} ${notNow(identity.state)}.`);
    const not = nowhere(looked.systems);
    if (not) throw new BraidError('connector.unsupported', `${identity.name} ${not}.`);
    return { identity };
  }
  const existing = identity.state === REACHED[kind] ? await latestOf(tx, identityId, kind) : null;
  // What grew back is open: that is no answer to who wants it closed.
  const open = kind === 'revoke' && existing?.state === 'regrown';
  if (existing && !open) return { existing: existing.id };
  if (kind === 'pause' && identity.state === 'revoked') {
    throw new BraidError('identity.revoked', `${identity.name} is revoked: there is nothing left to pause.`);
  }
  if (kind === 'resume' && identity.state === 'revoked') {
    throw new BraidError('identity.revoked', `${identity.name} is revoked, not paused: restore it instead.`);
  }
  if ((kind === 'resume' || kind === 'restore') && identity.state !== FROM[kind]) {
    throw new BraidError('conflict', `${identity.name} is ${identity.state}, not ${FROM[kind]}.`);
  }
  return { identity };
}
