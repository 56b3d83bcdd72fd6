import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { SuggestedBounds } from '@/lib/responses/model';
import { estateOf } from '@/lib/responses/store';

const LEAST = { identities: 3, sessions: 20 };

/**
 * From when on two might have to agree, by what there is: a tenth of the active identities, and twice the live sessions that one
 * has at most, so that whoever is on duty ends any single identity alone. Errors: `access.denied`.
 */
export async function suggestBounds(ctx: Ctx): Promise<SuggestedBounds> {
  authorise(ctx, 'console.read');
  const { active, most } = await estateOf();
  return {
    identities: Math.max(Math.ceil(active / 10), LEAST.identities),
    sessions: Math.max(most * 2, LEAST.sessions),
  };
}
