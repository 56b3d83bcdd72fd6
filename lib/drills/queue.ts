import type { Tx } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';

/** Leaves a drill to the respond worker: one after another, and each once however often it is left. */
export const queue = (tx: Tx, id: string): Promise<void> =>
  enqueue(tx, 'run-drill', { drillId: id }, { key: `drill:${id}`, queue: 'drills', maxAttempts: 3 });
