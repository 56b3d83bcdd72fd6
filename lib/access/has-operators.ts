import { countOperators } from '@/lib/access/store';
import { transaction } from '@/lib/db/transaction';

/** Can anybody sign in yet? Before, the sign-in page says where the one-time link is. */
export const hasOperators = (): Promise<boolean> => transaction(async (tx) => (await countOperators(tx)) > 0);
