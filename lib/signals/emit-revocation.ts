import type { Tx } from '@/lib/db/transaction';
import { REASON_CODES, type RevocationKind } from '@/lib/revocations/model';
import { emit, type Signal } from '@/lib/signals/emit';
import { riskSignals } from '@/lib/signals/emit-risk';
import {
  ACCOUNT_DISABLED,
  ACCOUNT_ENABLED,
  CREDENTIAL_CHANGE,
  caepType,
  SESSION_REVOKED,
} from '@/lib/signals/event-model';
import { type Named, type Revoked, readNamed, readRevoked, readSessionKeys } from '@/lib/signals/store';
import { nameOf, sessionOf } from '@/lib/signals/subject-of';

const INITIATING: Record<string, string> = { policy: 'policy', system: 'system' };

const wordsOf = ({ reason, reasonCode }: Revoked): string =>
  (reason || (REASON_CODES as Record<string, string>)[reasonCode] || reasonCode).slice(0, 1000);

const saidOf = (revoked: Revoked) => ({
  event_timestamp: Math.floor(revoked.requestedAt.getTime() / 1000),
  initiating_entity: INITIATING[revoked.actorKind] ?? 'admin',
  reason_admin: { en: wordsOf(revoked) },
});

/** RISC knows two reasons; what is neither has none. */
const hijacked = (reasonCode: string): { reason?: string } =>
  reasonCode === 'suspected_theft' || reasonCode === 'compromise_confirmed' ? { reason: 'hijacking' } : {};

type Told = Omit<Signal, 'subject' | 'about'>;

function whole(kind: Exclude<RevocationKind, 'terminate'>, revoked: Revoked, { credentials }: Named): Told[] {
  const said = saidOf(revoked);
  const changed = (change_type: 'revoke' | 'update') =>
    credentials.map(({ kind: type, externalId }): Told => {
      const payload = { credential_type: caepType(type), change_type, ...said };
      return { event: CREDENTIAL_CHANGE, payload: { ...payload, friendly_name: externalId.slice(0, 500) } };
    });
  // What was open ends with the old secret; the account itself stays.
  if (kind === 'rotate') return [{ event: SESSION_REVOKED, payload: said }, ...changed('update')];
  if (kind === 'resume' || kind === 'restore') return [{ event: ACCOUNT_ENABLED, payload: said }];
  const closed: Told[] = [
    { event: SESSION_REVOKED, payload: said },
    { event: ACCOUNT_DISABLED, payload: { ...said, ...hijacked(revoked.reasonCode) } },
  ];
  // Paused, it keeps its credentials: they work again once it is resumed.
  return kind === 'pause' ? closed : [...closed, ...changed('revoke')];
}

/**
 * Tells receivers what was decided of an identity's access, in the transaction that decides it: sessions that end; an identity
 * that is paused, or revoked with every credential it has; that it may act again; and what risk it is now. A drill is nobody else's business. Returns the keys of the sessions that end.
 */
export async function emitRevocation(tx: Tx, revocationId: string): Promise<string[]> {
  const revoked = await readRevoked(tx, revocationId);
  const identity = revoked && (await readNamed(tx, revoked.identityId));
  if (!revoked || !identity || revoked.drill) return [];
  const kind = revoked.kind as RevocationKind;
  if (kind === 'terminate') {
    const sessions = await readSessionKeys(tx, revoked.sessionIds);
    const payload = saidOf(revoked);
    const ended = sessions.map((one) => ({ subject: sessionOf(identity, one), about: identity.id }));
    await emit(
      tx,
      ended.map((one) => ({ event: SESSION_REVOKED, payload, ...one })),
    );
    return sessions.map(({ groupKey }) => groupKey);
  }
  const user = { subject: nameOf(identity), about: identity.id };
  const { initiating_entity: initiating } = saidOf(revoked);
  const why = { reason: wordsOf(revoked), initiating, at: revoked.requestedAt };
  const risk = await riskSignals(tx, [identity.id], () => why);
  await emit(tx, [...whole(kind, revoked, identity).map((one) => ({ ...one, ...user })), ...risk]);
  return [];
}
