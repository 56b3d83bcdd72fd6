import { open } from '@/lib/connectors/open';
import { pullIdentities, pullSessions } from '@/lib/connectors/pull';
import { followerLocks } from '@/lib/connectors/store';

/** One full look at a connector nobody follows at the moment. Where somebody does, they have already been asked to. */
export async function look(connectorId: string): Promise<void> {
  const locks = await followerLocks(() => undefined);
  try {
    if (!(await locks.take(connectorId))) return;
    const opened = await open(connectorId);
    await pullIdentities(opened);
    await pullSessions(opened);
    await locks.release(connectorId);
  } finally {
    locks.close();
  }
}
