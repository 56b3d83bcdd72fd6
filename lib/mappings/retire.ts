import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { retireMappingSchema } from '@/lib/mappings/model';
import { lockNewest, retireAll } from '@/lib/mappings/store';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** Nothing more is taken under this name; what waits is still read by it, and its versions stay. Throws `not_found`. */
export async function retire(ctx: Ctx, input: z.input<typeof retireMappingSchema>): Promise<{ ok: true }> {
  authorise(ctx, 'connector.manage');
  const { name, reason } = retireMappingSchema.parse(input);
  await transaction(async (tx) => {
    const newest = await lockNewest(tx, name);
    if (!newest || newest.retiredAt) throw new BraidError('not_found', `There is no mapping ${name}.`);
    await retireAll(tx, name, ctx.actor.name.slice(0, 300), clock.now());
    await record(tx, ctx, { action: 'mapping.retire', target: { type: 'mapping', id: name, name }, reason });
  });
  return { ok: true };
}
