import { MAX_MEMBERS } from '@/lib/exposures/members-state';
import { type ExposureState, MAX_TOTAL } from '@/lib/exposures/model';
import { type Touched, Uncounted } from '@/lib/policies/compiled-model';

/** Why an exposure can't take what is asked; null: it can. */
function full({ member, amount }: Touched['touches'][number], state: ExposureState): string | null {
  if (member === undefined) return state.settled + state.held + amount > MAX_TOTAL ? 'more than can be counted' : null;
  const over = state.members && state.members.uses.size >= MAX_MEMBERS && !state.members.uses.has(member);
  return over ? `more than ${MAX_MEMBERS} distinct values` : null;
}

/** A set of values that is full, and a sum that can't grow, take no more: the meter fails, and what depends on it is denied. */
export function withinBounds(touched: Touched, states: ReadonlyMap<string, ExposureState>): Touched {
  const over = touched.touches.flatMap((touch) => {
    const state = states.get(touch.exposureId);
    const why = state ? full(touch, state) : null;
    return why ? [{ touch, failed: new Uncounted('evaluation_error', why) }] : [];
  });
  if (!over.length) return touched;
  return {
    ...touched,
    touches: touched.touches.filter((one) => !over.some(({ touch }) => touch === one)),
    failures: [
      ...touched.failures,
      ...over.map(({ touch, failed }) => ({ set: touch.set, meter: touch.meter.name, failed })),
    ],
  };
}
