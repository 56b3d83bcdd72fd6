import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import {
  type DecisionSummary,
  noneOfEach,
  type SummaryQuery,
  summaryQuerySchema,
  VERDICTS,
  type Verdict,
} from '@/lib/decisions/model';
import { counts, spared } from '@/lib/decisions/store';

const MAX_STEPS = 300;

/** What was decided in [from, to): per minute (wider steps beyond 5 hours), and what a per-session control would have let through. */
export async function summary(ctx: Ctx, query: SummaryQuery): Promise<DecisionSummary> {
  authorise(ctx, 'console.read');
  const { from, to, identityId = null } = summaryQuerySchema.parse(query);
  const secs = Math.max(60, (Date.parse(to) - Date.parse(from)) / 1000);
  const stepSecs = 60 * Math.ceil(secs / 60 / MAX_STEPS);
  const [rows, value] = await Promise.all([counts(from, to, stepSecs, identityId), spared(from, to, identityId)]);
  const byVerdict = noneOfEach();
  const steps = new Map<string, Record<Verdict, number>>();
  let split = 0;
  for (const row of rows) {
    const at = row.at.toISOString();
    const step = steps.get(at) ?? noneOfEach();
    step[row.verdict] += row.n;
    steps.set(at, step);
    byVerdict[row.verdict] += row.n;
    split += row.split;
  }
  return {
    from,
    to,
    total: VERDICTS.reduce((sum, verdict) => sum + byVerdict[verdict], 0),
    byVerdict,
    perMinute: [...steps].map(([at, step]) => ({ at, ...step })).slice(-MAX_STEPS),
    stepSecs,
    split,
    spared: value.map((one) => ({ unit: one.unit, scale: one.scale, amount: one.amount.toString() })),
  };
}
