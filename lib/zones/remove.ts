import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { removeZoneSchema } from '@/lib/zones/model';
import { deleteZone, findZone, lockZones } from '@/lib/zones/store';

/** What it held is trusted no more than any other place. Throws `not_found`. */
export async function remove(ctx: Ctx, input: z.input<typeof removeZoneSchema>): Promise<{ ok: true }> {
  authorise(ctx, 'policy.manage');
  const { id, reason } = removeZoneSchema.parse(input);
  await transaction(async (tx) => {
    await lockZones(tx);
    const zone = await findZone(tx, id);
    if (!zone) throw new BraidError('not_found', 'This zone no longer exists.');
    await deleteZone(tx, id);
    await record(tx, ctx, {
      action: 'zone.remove',
      target: { type: 'zone', id, name: zone.name },
      reason,
      detail: { networks: zone.networks.slice(0, 100), regions: zone.regions },
    });
  });
  return { ok: true };
}
