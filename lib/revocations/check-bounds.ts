import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Tx } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { needsSecond } from '@/lib/responses/needs-second';
import { lookAtAll } from '@/lib/revocations/look-at-all';
import { KIND_PERMISSION, type RequestInput, requestInputSchema } from '@/lib/revocations/model';
import { reachOf } from '@/lib/revocations/preview';

export interface Bounded {
  identityIds: string[];
  /** Holds the bound within the transaction that writes down what counts from then on. */
  hold: (tx: Tx) => Promise<void>;
}

/**
 * Would `request` be let do this? For whoever has to ask something of a system first: nothing may be asked of one before that is
 * known. Changes nothing. Errors: `not_found`, `connector.protected`, `response.second_operator`.
 */
export async function checkBounds(ctx: Ctx, input: RequestInput): Promise<Bounded> {
  authorise(ctx, KIND_PERMISSION[input.kind]);
  const parsed = requestInputSchema.parse(input);
  const looked = await lookAtAll(parsed);
  const never = looked.find((one) => one.radius.identity.protected)?.radius.identity;
  if (never) throw new BraidError('connector.protected', `${never.name} is protected: it is never ended by Braid.`);
  const reach = reachOf(looked);
  return {
    identityIds: [...reach.identityIds],
    hold: async (tx) => {
      const second = await needsSecond(ctx, parsed.kind, reach, tx);
      if (second) throw new BraidError('response.second_operator', second);
    },
  };
}
