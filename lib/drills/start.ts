import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { type StartInput, startSchema } from '@/lib/drills/model';
import { preview } from '@/lib/drills/preview';
import { queue } from '@/lib/drills/queue';
import { insertDrill, lockSystem, running } from '@/lib/drills/store';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

/**
 * Begins a drill: the respond worker ends the canary's access through the machine that ends real access, times what happens
 * and gives it back. Throws `not_found`, and `conflict` where it can't be held or one is under way.
 */
export async function start(ctx: Ctx, input: StartInput): Promise<{ id: string }> {
  authorise(ctx, 'identity.revoke');
  const { connectorId } = startSchema.parse(input);
  const would = await preview(ctx, { connectorId });
  if (would.refused) throw new BraidError('conflict', would.refused);
  const id = newId();
  await transaction(async (tx) => {
    await lockSystem(tx, connectorId);
    if (await running(tx, connectorId)) throw new BraidError('conflict', 'A drill of this system is under way.');
    await insertDrill(tx, {
      id,
      connectorId,
      identityId: would.identityId,
      canary: would.canary!,
      method: would.method,
      asked: ctx.actor.kind === 'system' ? 'schedule' : 'operator',
      actorName: ctx.actor.name,
      startedAt: clock.now(),
    });
    await queue(tx, id);
    await record(tx, ctx, {
      action: 'drill.start',
      target: { type: 'connector', id: connectorId, name: would.connectorName },
      detail: { drillId: id, canary: would.canary! },
    });
    await hint(tx, 'connector', [connectorId]);
  });
  return { id };
}
