import { AsyncLocalStorage } from 'node:async_hooks';

const store = new AsyncLocalStorage<string>();

/** What happens within `work` was caused by the transaction `txn` of another system: what Braid tells of it says so. */
export const causedBy = <T>(txn: string, work: () => Promise<T>): Promise<T> => store.run(txn, work);

/** The transaction that caused what happens now; undefined: it began here. */
export const cause = (): string | undefined => store.getStore();
