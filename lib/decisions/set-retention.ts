import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { retention } from '@/lib/decisions/retention';
import {
  type Retention,
  retentionSchema,
  type SetRetentionInput,
  setRetentionSchema,
} from '@/lib/decisions/retention/model';
import { storeRetention } from '@/lib/decisions/retention/store';

/** Changes how many days are kept; what is not named stays. Throws `input.invalid` below 7 days. */
export async function setRetention(ctx: Ctx, input: SetRetentionInput): Promise<Retention> {
  authorise(ctx, 'policy.manage');
  const before = await retention(ctx);
  const after = retentionSchema.parse({ ...before, ...setRetentionSchema.parse(input) });
  await transaction(async (tx) => {
    await storeRetention(tx, after);
    await record(tx, ctx, { action: 'audit.set_retention', detail: { before: { ...before }, after: { ...after } } });
  });
  return after;
}
