import type { Tx } from '@/lib/db/transaction';
import type { Found } from '@/lib/findings/model';
import { readDrilled } from '@/lib/findings/scan/store';
import { clock } from '@/lib/platform/clock';

/** Clocks of two systems may differ by this, and a log be written this much later, ms. */
const SKEW_MS = 60_000;

/**
 * What detectors assert of a canary is left out where all of it happened during its drill: Braid itself opened those sessions
 * and used them past their end. What began before, or goes on after, stands. Of what is judged by the hour its part is not counted
 * at all.
 */
export async function leaveOutDrills(tx: Tx, found: Found[]): Promise<Found[]> {
  if (found.length === 0) return found;
  const earliest = found.reduce((least, { firstSeenAt }) => Math.min(least, Date.parse(firstSeenAt)), clock.ms());
  const drills = await readDrilled(tx, [...new Set(found.map(({ identityId }) => identityId))], new Date(earliest));
  if (drills.length === 0) return found;
  return found.filter(
    ({ identityId, firstSeenAt, lastSeenAt }) =>
      !drills.some(
        (drill) =>
          drill.identityId === identityId &&
          Date.parse(firstSeenAt) >= drill.from.getTime() - SKEW_MS &&
          Date.parse(lastSeenAt) <= drill.until.getTime() + SKEW_MS,
      ),
  );
}
