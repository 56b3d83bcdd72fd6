import { hint } from '@/lib/db/hint';
import type { Tx } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';

const AT_ONCE = 200;

/**
 * After identities came into a workflow or went out of it: their live sessions are asked about again under the limits that
 * bind them now, and open pages read anew. The next request needs no telling: it reads who works for what itself.
 */
export async function tellChanged(tx: Tx, workflowId: string, identityIds: string[]): Promise<void> {
  for (let from = 0; from < identityIds.length; from += AT_ONCE) {
    const again = { identityIds: identityIds.slice(from, from + AT_ONCE), because: 'identity' };
    await enqueue(tx, 'reevaluate-sessions', again, { key: `reevaluate:workflow:${workflowId}:${identityIds[from]}` });
  }
  await hint(tx, 'workflow', [workflowId]);
  if (identityIds.length > 0) await hint(tx, 'identity', identityIds);
}
