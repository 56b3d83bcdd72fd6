import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import * as store from '@/lib/sessions/task/store';

/** Drops the names of tasks that have been over for so long that they are refused no longer. For a job. */
export async function forgetTasks(ctx: Ctx): Promise<{ tasks: number }> {
  authorise(ctx, 'session.terminate');
  return { tasks: await store.forgetTasks(clock.now()) };
}
