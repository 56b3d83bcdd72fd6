import type { Ctx } from '@/lib/access/model';
import { path } from '@/lib/decisions/path';
import { counterfactual } from '@/lib/replay/counterfactual';
import type { ChangeInput, Counterfactual } from '@/lib/replay/counterfactual-model';

interface Asked {
  decisionId: string;
  /** Which exposure's path; default: the deciding rule's. */
  exposureId?: string;
  change: ChangeInput;
}

/** What would have come of a decision's path had something been otherwise. Throws as `counterfactual`, and `not_found`. */
export async function counterfactualOf(ctx: Ctx, { decisionId, exposureId, change }: Asked): Promise<Counterfactual> {
  const { exposure, from, to } = await path(ctx, { decisionId, exposureId });
  return counterfactual(ctx, { from, to, exposureId: exposure.id, change });
}
