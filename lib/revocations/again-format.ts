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
export function againText(
  row: Pick<RevocationDetail, 'state' | 'undoneBy' | 'steps' | 'kind' | 'drill'>,
): string | null {
  if (row.undoneBy) return null;
  if (canBeAsked(row.steps)) return WORDS[row.state];
  // A connector may have come, or been given the right, since: then it is planned anew.
  const shuts = (row.kind === 'revoke' || row.kind === 'pause') && !row.drill;
  return row.state === 'unverifiable' && shuts ? 'Look again' : null;
}
