import { closeLocks } from '@/lib/revocations/alone/store';

/** Gives up the locks of this process's revocations, so that another worker goes on with them at once. At the process's end. */
export const stopWork = (): Promise<void> => closeLocks();
