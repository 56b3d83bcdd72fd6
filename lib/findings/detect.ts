import { detectAcceleration } from '@/lib/findings/detect-acceleration';
import { detectBindingDrift } from '@/lib/findings/detect-binding-drift';
import { detectDarkSession } from '@/lib/findings/detect-dark-session';
import { detectExtraction } from '@/lib/findings/detect-extraction';
import { detectFailedApprovals } from '@/lib/findings/detect-failed-approvals';
import { detectHumanUse } from '@/lib/findings/detect-human-use';
import { detectInstanceCredentials } from '@/lib/findings/detect-instance-credentials';
import { detectKeySplit } from '@/lib/findings/detect-key-split';
import { detectOutOfScope } from '@/lib/findings/detect-out-of-scope';
import { detectOutlived } from '@/lib/findings/detect-outlived';
import { detectRegrowth } from '@/lib/findings/detect-regrowth';
import { detectReplay } from '@/lib/findings/detect-replay';
import { detectScopeGrowth } from '@/lib/findings/detect-scope-growth';
import { detectSharedToken } from '@/lib/findings/detect-shared-token';
import { detectSurvival } from '@/lib/findings/detect-survival';
import { detectTokenReuse } from '@/lib/findings/detect-token-reuse';
import { detectTravel } from '@/lib/findings/detect-travel';
import { detectUnusualAction } from '@/lib/findings/detect-unusual-action';
import { detectUnusualConcurrency } from '@/lib/findings/detect-unusual-concurrency';
import { detectUnusualPlace } from '@/lib/findings/detect-unusual-place';
import type { Detector, Found } from '@/lib/findings/model';
import type { Picture } from '@/lib/findings/picture-model';
import { suspectOf } from '@/lib/findings/suspect-state';

/** Detectors over the sessions and events of one identity. A name stands for what it asserts; survival also asserts dead-token. */
export const EVENT_DETECTORS: Partial<Record<Detector, (picture: Picture) => Found[]>> = {
  replay: (picture) => [...detectReplay(picture), ...detectSharedToken(picture)],
  'read-change-split': detectKeySplit,
  'instance-credentials': detectInstanceCredentials,
  'token-reuse': detectTokenReuse,
  'binding-drift': detectBindingDrift,
  survival: detectSurvival,
  outlived: detectOutlived,
  'unusual-concurrency': detectUnusualConcurrency,
  'scope-growth': detectScopeGrowth,
  extraction: detectExtraction,
  'failed-approvals': detectFailedApprovals,
  acceleration: detectAcceleration,
  'out-of-scope': detectOutOfScope,
  'unusual-action': detectUnusualAction,
  'unusual-place': detectUnusualPlace,
  travel: detectTravel,
  'dark-session': detectDarkSession,
  'human-use': detectHumanUse,
  regrowth: detectRegrowth,
};

/** Detectors that read more than what one detector is named for. */
const READ_BY: Partial<Record<Detector, Detector>> = { 'dead-token': 'survival' };

const isHeldTwice = ({ detector }: Found): boolean => detector === 'replay' || detector === 'instance-credentials';
const isOfKey = ({ cause }: Found): boolean => cause.startsWith('key:');

/**
 * Everything detectors see in one picture; `only`: of these. One theft is told once: what is told of a session as a replay
 * or as stolen instance credentials is not told again as travel or as drift of the same session, nor of the key it was held
 * with; what is told of a key as a replay is not told again as reads here and changes there, and what grew back is not told
 * again as what lives on.
 */
export function detect(picture: Picture, only?: ReadonlySet<Detector>): Found[] {
  const wanted = only && new Set([...only].flatMap((name) => READ_BY[name] ?? name));
  const found = Object.entries(EVENT_DETECTORS).flatMap(([name, look]) =>
    !wanted || wanted.has(name as Detector) ? look(picture) : [],
  );
  const keys = new Set(found.flatMap(({ detector, cause }) => (detector === 'replay' ? cause : [])));
  const held = new Set(found.flatMap((one) => (isHeldTwice(one) && !isOfKey(one) ? one.evidence.sessions : [])));
  const stolen = new Set(found.filter(isHeldTwice).flatMap(({ evidence }) => evidence.sessions));
  const repeats = (one: Found) =>
    (one.detector === 'travel' || one.detector === 'binding-drift' || one.detector === 'unusual-place') &&
    one.evidence.sessions.length > 0 &&
    one.evidence.sessions.every((id) => stolen.has(id));
  const retells = (one: Found) =>
    (one.detector === 'read-change-split' && keys.has(one.cause)) ||
    (one.detector === 'replay' && isOfKey(one) && one.evidence.sessions.some((id) => held.has(id)));
  const grown = found.some(({ detector }) => detector === 'regrowth');
  const told = (one: Found) => grown && one.detector === 'survival' && one.cause.startsWith('identity:');
  return found
    .filter((one) => !repeats(one) && !retells(one) && !told(one) && (!only || only.has(one.detector)))
    .map((one) => {
      const suspected = suspectOf(picture, one);
      return suspected ? { ...one, evidence: { ...one.evidence, suspected } } : one;
    });
}
