import type { CameTo } from '@/lib/revocations/model';

/** Changes kept of one step: the first and the newest. */
export const CHANGES_KEPT = 100;

/** A history with a state it came to; one it is in already adds nothing. Of very many the first stays, and the newest. */
export function cameTo<S extends string>(history: readonly CameTo<S>[], state: S, at: Date): CameTo<S>[] {
  if (history.at(-1)?.state === state) return [...history];
  const next = [...history, { state, at: at.toISOString() }];
  return next.length > CHANGES_KEPT ? [next[0]!, ...next.slice(next.length - CHANGES_KEPT + 1)] : next;
}

/** As it is stored of a revocation. */
export const historyOf = (stored: { history: unknown }): CameTo[] => stored.history as CameTo[];
