import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { share } from '@/lib/coverage/format';
import { FIELD_PERCENT, type Snapshot, showSchema } from '@/lib/coverage/model';
import { readSnapshot, readTrend } from '@/lib/coverage/store';
import { BraidError } from '@/lib/platform/errors';

/** Weeks shown in the trend. */
const WEEKS = 26;

/** A stored snapshot, the newest unless an id is given; null when none was ever taken. Errors: `not_found` for an id. */
export async function show(ctx: Ctx, input: z.input<typeof showSchema> = {}): Promise<Snapshot | null> {
  authorise(ctx, 'console.read');
  const { id } = showSchema.parse(input);
  const snapshot = await readSnapshot(id ?? null);
  if (!snapshot && id) throw new BraidError('not_found', 'There is no such snapshot.');
  if (!snapshot) return null;
  const trend = await readTrend(new Date(snapshot.takenAt), WEEKS);
  return {
    ...snapshot,
    percent: share(snapshot.totals.full, snapshot.totals.known),
    fieldPercent: FIELD_PERCENT,
    trend: trend.map((week) => ({ ...week, percent: share(week.full, week.known) })),
  };
}
