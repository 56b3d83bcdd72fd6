import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { share } from '@/lib/coverage/format';
import { readTrend } from '@/lib/coverage/store';
import { clock } from '@/lib/platform/clock';

export interface Latest {
  percent: number;
  full: number;
  known: number;
  /** Points since the week before; null in the first week. */
  change: number | null;
  takenAt: string;
}

/** The newest snapshot in figures, without its rows; null when none was taken. */
export async function latest(ctx: Ctx): Promise<Latest | null> {
  authorise(ctx, 'console.read');
  const weeks = await readTrend(clock.now(), 2);
  const last = weeks.at(-1);
  if (!last) return null;
  const before = weeks.length > 1 ? weeks[0] : undefined;
  const percent = share(last.full, last.known);
  return {
    percent,
    full: last.full,
    known: last.known,
    change: before ? Math.round((percent - share(before.full, before.known)) * 10) / 10 : null,
    takenAt: last.takenAt,
  };
}
