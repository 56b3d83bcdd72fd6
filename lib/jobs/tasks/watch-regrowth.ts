import type { Task } from '@/lib/jobs/work';
import { watchRegrowth as watch } from '@/lib/revocations/watch-regrowth';

/** Asks the systems whether what was closed is open again. */
export const watchRegrowth: Task = () => watch({ ask: true });
