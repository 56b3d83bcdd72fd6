import { systemCtx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { LAPSE_MS, lapse } from '@/lib/responses/lapse';
import { lostResponses, waitingSince } from '@/lib/responses/store';
import { takeBack } from '@/lib/responses/take-back';

/** Longer than any act takes. */
const LOST_MS = 10 * 60_000;

/**
 * What was agreed to by a process that was killed before it did it is not done: it waits to be agreed to again. What nobody agreed
 * to for a day waits no longer.
 */
export async function takeBackLost(): Promise<void> {
  for (const { id } of await lostResponses(new Date(clock.ms() - LOST_MS))) await takeBack(systemCtx('responses'), id);
  for (const { id } of await waitingSince(new Date(clock.ms() - LAPSE_MS))) await lapse(systemCtx('responses'), id);
}
