import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { spansOf } from '@/lib/sessions/graph/store';
import { readLive } from '@/lib/sessions/live/store';
import type { LiveIdentity } from '@/lib/sessions/model';
import { type Step, stepsOf } from '@/lib/sessions/overlap-state';

const MINUTE = 60_000;
const MINUTES = 60;

/** The highest count of each minute before `to`. */
function minutes(steps: Step[], to: number): number[] {
  const from = to - MINUTES * MINUTE;
  let held = steps.findLast((step) => step.at <= from)?.count ?? 0;
  return Array.from({ length: MINUTES }, (_, minute) => {
    const start = from + minute * MINUTE;
    const inside = steps.filter((step) => step.at > start && step.at <= start + MINUTE);
    const highest = Math.max(held, ...inside.map((step) => step.count));
    held = inside.at(-1)?.count ?? held;
    return highest;
  });
}

/** Identities with most live sessions, those over their limit first, each with its last hour. Errors: `access.denied`. */
export async function liveNow(ctx: Ctx, query: { limit?: number } = {}): Promise<{ items: LiveIdentity[] }> {
  authorise(ctx, 'console.read');
  const now = clock.now();
  const rows = await readLive(Math.min(Math.max(query.limit ?? 8, 1), 50), now);
  if (rows.length === 0) return { items: [] };
  const from = new Date(now.getTime() - MINUTES * MINUTE);
  const spans = await spansOf(
    rows.map((row) => row.id),
    from,
    now,
  );
  return { items: rows.map((row) => ({ ...row, spark: minutes(stepsOf(spans.get(row.id) ?? []), now.getTime()) })) };
}
