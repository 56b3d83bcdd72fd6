import type { Tx } from '@/lib/db/transaction';
import { expectStretch } from '@/lib/findings/scan/pending/store';

/** This identity's events of a stretch are read again by detection: they have become its own. In the caller's transaction. */
export const expectAnew = (tx: Tx, identityId: string, { from, to }: { from: Date; to: Date }): Promise<void> =>
  expectStretch(tx, identityId, { from, to });
