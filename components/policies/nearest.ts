import { percentOf } from '@/lib/exposures/format';
import type { ExposureView } from '@/lib/exposures/model';

const SHOWN = 4;
/** As many as are read of a meter: where so many came, there may be more. */
const READ = 100;

/** The exposures of one meter that stand nearest to their limit; those at nothing are left out. */
export function nearest(meter: string, exposures: ExposureView[]) {
  const standing = exposures
    .map((exposure) => ({ exposure, total: BigInt(exposure.settled) + BigInt(exposure.held) }))
    .filter(({ total }) => total > 0n)
    .map(({ exposure, total }) => ({
      exposure,
      share: exposure.limit === null ? -1 : percentOf(total, exposure.limit),
    }))
    .sort((a, b) => b.share - a.share);
  return {
    meter,
    exposures: standing.slice(0, SHOWN).map(({ exposure }) => exposure),
    more: Math.max(0, standing.length - SHOWN),
    all: exposures.length < READ,
  };
}
