import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { countedUntil, countHours, firstDecision, keepCountedUntil } from '@/lib/decisions/tally/store';
import { clock } from '@/lib/platform/clock';

const HOUR_MS = 3_600_000;
/** What was never counted is counted so much at a time. */
const STRETCH_MS = 24 * HOUR_MS;

const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;

/**
 * Counts decisions by the hour, on from where it stopped: the hour before once more, because denials of a time without a
 * database reach the log later. `backMs`: so much further back. Answers until when is counted.
 */
export async function tally(ctx: Ctx, options: { backMs?: number } = {}): Promise<Date> {
  authorise(ctx, 'console.read');
  const now = clock.ms();
  const [until, first] = await Promise.all([countedUntil(), firstDecision()]);
  const oldest = hourOf(first?.getTime() ?? now);
  const from = until ? Math.max(oldest, hourOf(Date.parse(until)) - HOUR_MS - (options.backMs ?? 0)) : oldest;
  const end = hourOf(now) + HOUR_MS;
  for (let at = from; at < end; at += STRETCH_MS)
    await countHours(new Date(at), new Date(Math.min(at + STRETCH_MS, end)));
  await keepCountedUntil(new Date(now));
  return new Date(now);
}
