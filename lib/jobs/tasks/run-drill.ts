import { z } from 'zod';
import { run } from '@/lib/drills/run';
import type { Task } from '@/lib/jobs/work';

const payloadSchema = z.object({ drillId: z.uuid() });

/** Holds one drill. One whose worker died gives back what was taken. */
export const runDrill: Task = async (payload, { signal }) => run(payloadSchema.parse(payload).drillId, signal);
