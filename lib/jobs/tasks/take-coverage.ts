import { systemCtx } from '@/lib/access/model';
import { latest } from '@/lib/coverage/latest';
import { take } from '@/lib/coverage/take';
import { clock } from '@/lib/platform/clock';
import { summarise } from '@/lib/shell/summarise';

const WEEK_MS = 7 * 86_400_000;

/** The weekly snapshot. */
export const takeCoverage = async (): Promise<void> => {
  await take(systemCtx('weekly snapshot'));
};

/** A snapshot where the newest is a week old or there is none: the first, or one that was due while Braid was off. */
export const takeCoverageIfDue = async (): Promise<void> => {
  const ctx = systemCtx('weekly snapshot');
  const [last, counted] = await Promise.all([latest(ctx), summarise(ctx)]);
  const due = !last || clock.ms() - Date.parse(last.takenAt) >= WEEK_MS;
  if (due && counted.identities > 0) await take(ctx);
};
