import { askedToLook } from '@/lib/connectors/store';
import type { Tx } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';

/** Asks whoever follows the connector to list its identities and sessions at the next look, and not only when it is their time. One that is gone is left. */
export const askLook = (tx: Tx, connectorId: string) => askedToLook(tx, connectorId, clock.now());
