import { z } from 'zod';
import { systemCtx } from '@/lib/access/model';
import type { Task } from '@/lib/jobs/work';
import { carryOutResponse as carryOut } from '@/lib/responses/carry-out-response';

const payloadSchema = z.object({ id: z.uuid() });

/** Does what a rule wanted, once its delay is over. */
export const carryOutResponse: Task = async (payload) => {
  await carryOut(systemCtx('response'), payloadSchema.parse(payload));
};
