import type { Asking } from '@/lib/exposures/prepare';
import type { CompiledSet, Expression, IdentitySeen, SessionSeen, Touched } from '@/lib/policies/compiled-model';

// What a request touches is found before the locks, so that the locks are known, and is asked again behind them. Where
// everything it was found from is the same there, it is not worked out twice.

/** What stays as it is from the look-up to the locks, or is compared there. */
const STEADY = new Set(['subject', 'action', 'resource', 'context', 'identity', 'credential', 'workflow']);
/** Of a session: what only its own requests change. */
const STEADY_SESSION =
  /^session\.(id|identity_id|label|source|observed_by|kind|network|region|device|runtime|agent|key|task|scope)$/;

const steady = (expression: Expression | null | undefined): boolean =>
  !expression ||
  [...expression.reads].every((name) => STEADY.has(name)) ||
  STEADY_SESSION.test(expression.source.trim());

const known = new WeakMap<CompiledSet, boolean>();

const isSteady = (set: CompiledSet): boolean => {
  let answer = known.get(set);
  if (answer === undefined) {
    answer = set.meters.every((meter) => [...meter.per, meter.on, meter.where, meter.member].every(steady));
    known.set(set, answer);
  }
  return answer;
};

/** Whether what a request touches can be told before the locks: no meter looks at the time or at other sessions. */
export const isForeseeable = (sets: CompiledSet[]): boolean => sets.every(isSteady);

/** What was foreseen, if sets, identity and session are the very ones it was foreseen from. */
export function foreseenOf(
  { foreseen, identityId, sessionId }: Asking,
  ground: { sets: CompiledSet[]; identities: Map<string, IdentitySeen>; sessions: Map<string, SessionSeen> },
): Touched | null {
  if (!foreseen) return null;
  const same =
    foreseen.sets === ground.sets &&
    foreseen.identity === ground.identities.get(identityId) &&
    foreseen.session === ground.sessions.get(sessionId);
  return same ? foreseen.touched : null;
}
