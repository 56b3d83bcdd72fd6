import { systemCtx } from '@/lib/access/model';
import { transaction } from '@/lib/db/transaction';
import { giveBackLeft } from '@/lib/drills/give-back-left';
import { queue } from '@/lib/drills/queue';
import { start } from '@/lib/drills/start';
import { insertDrill, lateDrills, takeDue } from '@/lib/drills/store';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';

const ctx = systemCtx('drill schedule');
/** Longer than any drill takes: one that still runs has lost its job, and its canary waits to be given back. */
const LATE_MS = 20 * 60_000;

/** Begins the drills that are due, goes on with those that nobody holds any more, and gives back what one could not. One that can't be held is listed as broken, with why. */
export async function startDue(): Promise<void> {
  for (const { id } of await lateDrills(new Date(clock.ms() - LATE_MS))) await transaction((tx) => queue(tx, id));
  await giveBackLeft();
  for (const connectorId of await takeDue(clock.now())) {
    try {
      await start(ctx, { connectorId });
    } catch (error) {
      const detail = toBraidError(error).publicMessage.slice(0, 1000);
      log.warn({ err: error, connectorId }, 'a scheduled drill could not be held');
      const at = clock.now();
      await transaction((tx) =>
        insertDrill(tx, {
          id: newId(),
          connectorId,
          canary: '',
          method: 'declared',
          asked: 'schedule',
          actorName: ctx.actor.name,
          state: 'broken',
          startedAt: at,
          endedAt: at,
          detail,
        }),
      );
    }
  }
}
