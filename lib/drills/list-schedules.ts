import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Every, ScheduleRow } from '@/lib/drills/model';
import { schedules } from '@/lib/drills/store';

/** How often each system is drilled; those never set are off and not listed. */
export async function listSchedules(ctx: Ctx): Promise<{ items: ScheduleRow[]; nextCursor: null }> {
  authorise(ctx, 'console.read');
  const rows = await schedules();
  const items = rows.map(({ connectorId, every, nextAt }) => ({
    connectorId,
    every: every as Every,
    nextAt: nextAt?.toISOString() ?? null,
  }));
  return { items, nextCursor: null };
}
