import type { Tx } from '@/lib/db/transaction';
import { lockWorkflows } from '@/lib/workflows/store';

/** For whoever changes who works for what beside the verbs here: until the transaction ends nobody else does. */
export async function lock(tx: Tx): Promise<void> {
  await lockWorkflows(tx);
}
