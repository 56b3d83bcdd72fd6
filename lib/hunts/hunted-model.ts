import type { Detector } from '@/lib/findings/model';
import { BraidError } from '@/lib/platform/errors';

const DECISIONS = 'reads decisions: a backtest of the policy answers what it would have found';
const NOW = 'reads sessions as they are now';

/** What a hunt can't look for, and why: it reads the history of one identity's events and sessions. */
export const NOT_HUNTED: Partial<Record<Detector, string>> = {
  'limit-crossed': DECISIONS,
  structuring: DECISIONS,
  'lease-contention': DECISIONS,
  'approval-beside-maintenance': DECISIONS,
  'agent-spread': DECISIONS,
  'deny-storm': DECISIONS,
  'concurrency-limit': NOW,
  'shared-signal': 'is said by another system when it happens',
  'weak-setup': 'looks at how a system is set up now',
  manual: 'is written down by an analyst',
};

/** Throws `input.invalid` where one of them is nothing a hunt looks for: "0 found" would read as clean. */
export function refuseNotHunted(detectors: readonly Detector[]): void {
  const refused = detectors.filter((detector) => NOT_HUNTED[detector]);
  if (refused.length === 0) return;
  throw new BraidError(
    'input.invalid',
    `A hunt can't look for ${refused.map((detector) => `${detector} (it ${NOT_HUNTED[detector]})`).join(', ')}.`,
  );
}
