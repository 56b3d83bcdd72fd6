import { z } from 'zod';
import { systemCtx } from '@/lib/access/model';
import type { Task } from '@/lib/jobs/work';
import { endDueEnforcement } from '@/lib/responses/end-enforcement';

const payloadSchema = z.object({ id: z.uuid() });

/** Takes back a policy set that a rule put in force for a time. */
export const endEnforcement: Task = async (payload) => {
  await endDueEnforcement(systemCtx('response'), payloadSchema.parse(payload));
};
