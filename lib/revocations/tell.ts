import type { Tx } from '@/lib/db/transaction';
import type { Severity } from '@/lib/findings/model';
import { announce } from '@/lib/notifications/announce';
import type { Event, NoticeBody } from '@/lib/notifications/model';
import { REASON_CODES, type RecordedKind, type RevocationState } from '@/lib/revocations/model';
import { emitRevocation } from '@/lib/signals/emit-revocation';

interface Told {
  event: Event;
  severity: Severity;
  title: string;
}

const ASKED: Record<RecordedKind, Told> = {
  revoke: { event: 'revocation.requested', severity: 'medium', title: 'Revoked: its access is being ended' },
  terminate: { event: 'revocation.requested', severity: 'low', title: 'Sessions are being ended' },
  rotate: { event: 'revocation.requested', severity: 'medium', title: 'Its secret is being rotated' },
  pause: { event: 'identity.paused', severity: 'medium', title: 'Paused' },
  consent: { event: 'revocation.requested', severity: 'low', title: 'What an app was allowed is being taken back' },
  resume: { event: 'identity.restored', severity: 'low', title: 'Resumed' },
  restore: { event: 'identity.restored', severity: 'low', title: 'Restored' },
};

const CAME_TO: Partial<Record<RevocationState, Told>> = {
  accepted: { event: 'revocation.progress', severity: 'low', title: 'Its systems have taken that access is to end' },
  effective: { event: 'revocation.progress', severity: 'low', title: 'Its systems say that access has ended' },
  verified: { event: 'revocation.verified', severity: 'low', title: 'Ended access is proven ended' },
  residual: { event: 'revocation.residual', severity: 'high', title: 'Something outlives the revocation' },
  unverifiable: {
    event: 'revocation.unverifiable',
    severity: 'medium',
    title: 'It can’t be proven that access ended',
  },
  failed: { event: 'revocation.failed', severity: 'high', title: 'A revocation failed' },
  regrown: { event: 'revocation.regrown', severity: 'critical', title: 'Access grew back after it was ended' },
};

/** What is given back comes to the same states, and means something else: who waits for it is told when it does not come. */
const CAME_BACK: Partial<Record<RevocationState, Told>> = {
  accepted: {
    event: 'revocation.progress',
    severity: 'low',
    title: 'Its systems have taken that it may come in again',
  },
  effective: { event: 'revocation.progress', severity: 'low', title: 'Its systems say that it may come in again' },
  verified: { event: 'identity.restored', severity: 'low', title: 'It is proven that it may come in again' },
  residual: { event: 'revocation.unverifiable', severity: 'medium', title: 'Not all that was taken is given back' },
  unverifiable: {
    event: 'revocation.unverifiable',
    severity: 'medium',
    title: 'It can’t be proven that it may come in again',
  },
  failed: { event: 'revocation.failed', severity: 'high', title: 'Access could not be given back' },
};

export interface Concerned {
  id: string;
  identityId: string;
  kind: string;
  reasonCode: string;
  reason: string;
  actorName: string;
}

function write(
  tx: Tx,
  { event, severity, title }: Told,
  of: Concerned,
  summary: string,
  reasons: string[],
  action: NoticeBody['action'],
): Promise<void> {
  const body: NoticeBody = {
    title,
    summary: summary.slice(0, 2000),
    reasons: reasons.slice(0, 20).map((reason) => reason.slice(0, 1000)),
    path: `/revocations/${of.id}`,
    end: null,
    by: of.actorName.slice(0, 200),
    action,
  };
  return announce(tx, [
    { event, target: { type: 'revocation', id: of.id }, identityId: of.identityId, severity, body },
  ]);
}

const because = ({ reasonCode, reason }: Concerned): string =>
  reason || ((REASON_CODES as Record<string, string>)[reasonCode] ?? reasonCode);

/** Announces that access is ended, paused or given back, in the transaction that decides it: to people, and as shared signals. */
export async function tellAsked(tx: Tx, of: Concerned): Promise<void> {
  const told = ASKED[of.kind as RecordedKind];
  const opens = told.event === 'identity.restored';
  const effect = opens
    ? 'It may act again.'
    : of.kind === 'rotate'
      ? 'What the old secret had opened ends; its clients need the new one.'
      : of.kind === 'consent'
        ? 'Its system is asked until it no longer lists it.'
        : 'The decision point refuses it from the next request.';
  // Other systems are told of sessions and accounts: no event says that a consent is gone.
  const sessions = of.kind === 'consent' ? [] : await emitRevocation(tx, of.id);
  await write(tx, told, of, `${of.actorName}: ${because(of)}. ${effect}`, [], actionOf(of, 'requested', sessions));
}

const actionOf = ({ kind }: Concerned, state: RevocationState, keys: string[]): NoticeBody['action'] => ({
  kind: kind as RecordedKind,
  state,
  sessions: keys.slice(0, 200).map((key) => key.slice(0, 200)),
});

/** Announces each state an ending or a giving back comes to, with what is left or went wrong. */
export async function tellState(tx: Tx, of: Concerned, state: RevocationState, details: string[]): Promise<void> {
  const opens = ASKED[of.kind as RecordedKind].event === 'identity.restored';
  const told = (opens ? CAME_BACK : CAME_TO)[state];
  if (!told) return;
  const did = opens ? 'gave it back' : 'ended it';
  const summary = details.length > 0 ? details.join('; ') : `${of.actorName} ${did}: ${because(of)}`;
  await write(tx, told, of, `${summary.replace(/\.$/, '')}.`, [], actionOf(of, state, []));
}
