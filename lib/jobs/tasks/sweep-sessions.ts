import type { Task } from 'graphile-worker';
import { systemCtx } from '@/lib/access/model';
import { sweep } from '@/lib/sessions/sweep';

/** Sessions that have been silent too long have ended. */
export const sweepSessions: Task = async () => {
  await sweep(systemCtx('sessions'));
};
