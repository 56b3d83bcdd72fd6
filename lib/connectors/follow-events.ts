import { setTimeout as sleep } from 'node:timers/promises';
import { open } from '@/lib/connectors/open';
import { pullEvents } from '@/lib/connectors/pull-events';
import { FAILING_MOST_MS } from '@/lib/connectors/pull-model';
import { toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';

/**
 * Takes over one connector's audit log, piece after piece, until it is stopped, disabled or removed. It runs beside the one that
 * lists sessions, so that a long log holds up no listing.
 */
export async function followEvents(connectorId: string, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    let wait: number;
    try {
      wait = await pullEvents(await open(connectorId), failures);
      failures = 0;
    } catch (error) {
      const known = toBraidError(error);
      if (known.code === 'not_found' || known.code === 'connector.unsupported') return;
      wait = Math.min(1_000 * 2 ** Math.min(failures, 10), FAILING_MOST_MS);
      failures += 1;
      // Said at first, then at 2, 4, 8, … failures: a right that is missing stays missing for a while.
      if ((failures & (failures - 1)) === 0)
        log.warn({ err: error, connectorId, failures }, 'a system’s events can’t be taken over');
    }
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}
