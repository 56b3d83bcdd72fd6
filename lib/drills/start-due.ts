import { systemCtx } from '@/lib/access/model';
import { transaction } from '@/lib/db/transaction';
import { start } from '@/lib/drills/start';
import { insertDrill, takeDue } from '@/lib/drills/store';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';

const ctx = systemCtx('drill schedule');

/** Begins the drills that are due. One that can't be held is listed as broken, with why. */
export async function startDue(): Promise<void> {
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
