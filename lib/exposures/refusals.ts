import { type Reason, SHUT_OUT } from '@/lib/decisions/model';
import type { Judged } from '@/lib/exposures/decision-write';
import type { Entry, ExposureState } from '@/lib/exposures/model';
import { nameSession } from '@/lib/exposures/notes';
import { growAlone, settleAtOnce } from '@/lib/exposures/state';

interface Ground {
  states: ReadonlyMap<string, ExposureState>;
  nowMs: number;
}

/** Denials that say nothing of what was asked: access is closed already, or nobody could look. */
const NOT_REFUSALS: readonly Reason[] = [...SHUT_OUT, 'no_policy'];

/** Meters of refusals count this one, unless it is by their own limit: being shut out does not prolong itself. */
export function countRefusal({ item, question, touched, judgement }: Judged, { states, nowMs }: Ground): Entry[] {
  if (judgement.verdict === 'allow' || NOT_REFUSALS.includes(judgement.reason)) return [];
  const entries: Entry[] = [];
  const who = { sessionId: question.session.id, identityId: question.identity.id, decisionId: item.decisionId };
  for (const { exposureId, meter } of touched.touches) {
    const byItself = judgement.reason === 'frequency_exceeded' && judgement.exposureId === exposureId;
    if (!meter.refused || byItself) continue;
    const state = states.get(exposureId)!;
    nameSession(state, question);
    const entry = settleAtOnce(state, nowMs, 1n, { ...who, holdId: null });
    growAlone(state, nowMs, meter.windowSecs, question.session.id, judgement.alone === 'allow' ? 0n : 1n);
    entries.push(entry);
  }
  return entries;
}
