import { closeLane as close } from '@/lib/exposures/lane/store';

/** Waits for what is being decided and closes this process's decision connection. */
export const closeLane = (): Promise<void> => close();
