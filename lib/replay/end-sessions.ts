import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { giveBack } from '@/lib/replay/give-back';
import type { Requested, RequestInput } from '@/lib/revocations/model';
import { request } from '@/lib/revocations/request';

/**
 * Ends sessions and then gives back what they hold: from the next request they are refused, so what is held can only be in
 * the way. Throws as `revocations/request`.
 */
export async function endSessions(ctx: Ctx, input: RequestInput): Promise<Requested> {
  authorise(ctx, 'session.terminate');
  const requested = await request(ctx, input);
  if (input.kind === 'terminate') await giveBack(ctx, { sessionIds: input.sessionIds });
  return requested;
}
