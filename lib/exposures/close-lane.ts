import { closeLane as close } from '@/lib/exposures/lane/store';
import { flushSessions } from '@/lib/exposures/touch/store';

/** Waits for what is being decided, writes what waits to be written, and closes this process's decision connection. */
export async function closeLane(): Promise<void> {
  await flushSessions().catch(() => undefined);
  await close();
}
