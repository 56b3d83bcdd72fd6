import { runHunt as run } from '@/lib/hunts/run-hunt';
import type { Task } from '@/lib/jobs/work';

/** Detectors over stored history. */
export const runHunt: Task = (payload, { signal }) => run(payload, signal);
