import type { RevocationDetail, RevocationState } from '@/lib/revocations/model';

const WORDS: Record<RevocationState, string | null> = {
  failed: 'Try again now',
  requested: 'Try now',
  accepted: 'Try again now',
  effective: 'Prove now',
  unverifiable: 'Prove again',
  residual: 'Prove again',
  regrown: 'End it again',
  verified: null,
};

/** A system that Braid knew it could not ask is not asked by trying again. */
const canBeAsked = (steps: RevocationDetail['steps']): boolean =>
  steps.some((one) => one.connectorId && !(one.verb === 'probe' && one.state === 'unverifiable' && !one.attempts));

/** What trying it again is called; null: it is proven, undone, or in no system that could be asked again. */
export const againText = (row: Pick<RevocationDetail, 'state' | 'undoneBy' | 'steps'>): string | null =>
  row.undoneBy || !canBeAsked(row.steps) ? null : WORDS[row.state];
