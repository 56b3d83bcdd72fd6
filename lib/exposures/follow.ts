import type { Judged } from '@/lib/exposures/decision-write';
import type { Touched, Writes } from '@/lib/exposures/writes';
import { standing } from '@/lib/policies/bound-evaluate';
import type { IdentitySeen, SessionSeen } from '@/lib/policies/compiled-model';
import { consequencesOf } from '@/lib/policies/obligations-evaluate';

/** What a batch is judged on, as far as it is moved here. */
interface Ground {
  sessions: Map<string, SessionSeen>;
  identities: Map<string, IdentitySeen>;
  writes: Writes;
}

/**
 * What follows from a judged request beside its counters: an assurance that satisfied a rule binds the session anew; what a
 * rule makes Braid end or pause binds the next request of the batch, is written with it, and is carried out right after.
 */
export function follow({ item, question, judgement }: Judged, ground: Ground, mark: Touched | null): void {
  const { identity, assurance } = question;
  if (mark && judgement.verdict === 'allow' && judgement.assured && assurance) {
    const session = { ...question.session, acr: assurance.acr, trustedMs: assurance.atMs };
    session.bound = standing(session);
    ground.sessions.set(session.id, session);
    Object.assign(mark, { session, changed: true });
  }
  for (const { kind, by } of consequencesOf(judgement)) {
    const { session } = question;
    if (kind === 'terminate') ground.sessions.set(session.id, { ...session, refused: true });
    else if (!identity.protected)
      ground.identities.set(identity.id, { ...identity, state: kind === 'pause' ? 'paused' : 'revoked' });
    ground.writes.consequences.push({
      kind,
      by,
      decisionId: item.decisionId,
      identityId: identity.id,
      sessionId: session.id,
      reason: judgement.message ?? `Rule ${by}`,
    });
  }
}
