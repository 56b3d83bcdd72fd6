import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { target } from '@/lib/revocations/target';
import { type SetTargetInput, setTargetSchema } from '@/lib/revocations/times/model';
import { storeTarget } from '@/lib/revocations/times/store';

/** Changes the time from click to verified that is aimed at. */
export async function setTarget(ctx: Ctx, input: SetTargetInput): Promise<{ ms: number }> {
  authorise(ctx, 'response.manage');
  const after = setTargetSchema.parse(input);
  const before = await target(ctx);
  await transaction(async (tx) => {
    await storeTarget(tx, after);
    await record(tx, ctx, { action: 'revocation.set_target', detail: { before: { ...before }, after: { ...after } } });
    await hint(tx, 'revocation', []);
  });
  return after;
}
