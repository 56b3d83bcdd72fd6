import { closeLocks } from '@/lib/revocations/alone/store';
import { rest } from '@/lib/revocations/at-work';

/** Lets what was begun end and gives up the locks, so that another worker goes on at once. At the process's end. */
export async function stopWork(): Promise<void> {
  await rest();
  await closeLocks();
}
