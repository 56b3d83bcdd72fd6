import { MAX_MEMBERS } from '@/lib/exposures/members-state';
import type { ExposureState } from '@/lib/exposures/model';
import { type Touched, Uncounted } from '@/lib/policies/compiled-model';

/** A set of values that is full takes no more: the meter fails, and what depends on it is denied. */
export function withinBounds(touched: Touched, states: ReadonlyMap<string, ExposureState>): Touched {
  const over = touched.touches.filter(({ exposureId, member }) => {
    const state = member === undefined ? undefined : states.get(exposureId);
    return state?.members && state.members.uses.size >= MAX_MEMBERS && !state.members.uses.has(member!);
  });
  if (!over.length) return touched;
  const failed = new Uncounted('evaluation_error', `more than ${MAX_MEMBERS} distinct values`);
  return {
    ...touched,
    touches: touched.touches.filter((one) => !over.includes(one)),
    failures: [...touched.failures, ...over.map(({ set, meter }) => ({ set, meter: meter.name, failed }))],
  };
}
