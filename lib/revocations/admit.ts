import type { Tx } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import type { RevocationKind } from '@/lib/revocations/model';
import type { Looked } from '@/lib/revocations/preview';
import { latestOf, lockIdentity, type StoredIdentity, terminationOf } from '@/lib/revocations/store';

type Admitted = { identity: StoredIdentity } | { existing: string } | { over: true };

const REACHED: Record<Exclude<RevocationKind, 'terminate'>, string> = {
  revoke: 'revoked',
  pause: 'paused',
  resume: 'active',
  restore: 'active',
};
const FROM: Record<'resume' | 'restore', string> = { resume: 'paused', restore: 'revoked' };

/** A drill takes only what is open, and gives back only what a drill took: what somebody closed in earnest stays closed. */
async function admitDrill(tx: Tx, kind: RevocationKind, { id, name, state }: StoredIdentity): Promise<void> {
  if (kind === 'revoke' && state !== 'active')
    throw new BraidError('conflict', `${name} is ${state} by now, so nothing could be measured.`);
  if (kind === 'restore' && state === 'revoked' && !(await latestOf(tx, id, 'revoke'))?.drill)
    throw new BraidError('identity.revoked', `${name} was revoked in earnest meanwhile, and stays so.`);
}

/** Locks the identity and says whether this may be done now, or was already; `over`: its sessions have ended by themselves. */
export async function admit(tx: Tx, kind: RevocationKind, looked: Looked, drill = false): Promise<Admitted> {
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
  if (drill) await admitDrill(tx, kind, identity);
  const existing = identity.state === REACHED[kind] ? await latestOf(tx, identityId, kind) : null;
  // What a drill closed is open again in a minute, and what grew back is open: that is no answer to who wants it closed.
  const open = kind === 'revoke' && (existing?.drill || existing?.state === 'regrown');
  if (existing && (drill || !open)) return { existing: existing.id };
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
