import type { Task } from '@/lib/jobs/work';
import { runImport as run } from '@/lib/sessions/run-import';

/** An uploaded log → sessions. */
export const runImport: Task = async (payload, { attempts, signal }) => {
  await run(payload as Parameters<typeof run>[0], { attempts, signal });
};
