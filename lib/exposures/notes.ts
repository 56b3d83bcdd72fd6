import type { Judged } from '@/lib/exposures/decision-write';
import { stateNow } from '@/lib/exposures/former-state';
import type { ExposureState } from '@/lib/exposures/model';
import type { Meter, Question } from '@/lib/policies/compiled-model';
import { warningAt } from '@/lib/policies/rules-evaluate';

// What stands beside the counters of an exposure.

/** Keeps who a session is, so that contributors have names. */
export const nameSession = (state: ExposureState, { session }: Question): void => {
  state.names.set(session.id, { identityId: session.identityId, label: session.label });
};

/** A sum that slides over longer than it did is widened with what had left it, not here: see `regrow`. */
function spanMoved(state: ExposureState, { kind, windowSecs, calendar }: Meter): boolean {
  if ((state.calendar ?? null) !== calendar) return true;
  const grows = kind !== 'distinct' && state.version > 0n && (windowSecs ?? 0) > (state.windowSecs ?? 0);
  return state.windowSecs !== windowSecs && !(grows && state.windowSecs);
}

const MAX_IDENTITIES = 16;

/** Keeps on the exposure which limit stands on it and who has to do with it, for pages and `/v1/exposure`. */
export function note({ question, touched, judgement }: Judged, states: ReadonlyMap<string, ExposureState>): void {
  for (const touch of touched.touches) {
    const { exposureId, meter } = touch;
    const state = states.get(exposureId)!;
    const now = stateNow(touch, states)!;
    const limit = judgement.limits.get(exposureId);
    if (limit && (state.limit !== limit.max || state.ruleId !== limit.ruleId)) {
      state.limit = limit.max;
      state.ruleId = limit.ruleId;
      state.noted = true;
      state.dirty = true;
    }
    const warned =
      limit && meter.kind !== 'live_sessions' ? warningAt(limit.warn, now.settled + now.held, limit.max) : null;
    if ((state.warned ?? null) !== warned) {
      state.warned = warned;
      state.noted = true;
      state.dirty = true;
    }
    if (spanMoved(state, meter)) {
      state.windowSecs = meter.windowSecs;
      state.calendar = meter.calendar;
      state.noted = true;
      state.dirty = true;
    }
    if (!state.identityIds.includes(question.identity.id) && state.identityIds.length < MAX_IDENTITIES) {
      state.identityIds = [...state.identityIds, question.identity.id];
      state.noted = true;
      state.dirty = true;
    }
  }
}
