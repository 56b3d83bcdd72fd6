import type { Ctx } from '@/lib/access/model';
import { show } from '@/lib/decisions/show';
import { BraidError } from '@/lib/platform/errors';

interface ExposureOfDecisionQuery {
  decisionId: string;
  exposureId?: string;
  meter?: string;
  scope?: string;
  key?: string;
}

/** The exposure meant by what it measures, among those a decision saw; undefined when none is named. Throws `not_found`. */
export async function exposureOfDecision(ctx: Ctx, query: ExposureOfDecisionQuery): Promise<string | undefined> {
  const { decisionId, exposureId, meter, scope, key } = query;
  if (exposureId || (!meter && !scope && !key)) return exposureId;
  const { trace } = await show(ctx, { id: decisionId });
  const found = trace.exposures.find(
    (seen) => (!meter || seen.meter === meter) && (!scope || seen.scope === scope) && (!key || seen.key === key),
  );
  if (!found) throw new BraidError('not_found', 'The decision saw no such exposure.');
  return found.exposureId;
}
