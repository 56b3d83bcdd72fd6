import { z } from 'zod';
import { systemCtx } from '@/lib/access/model';
import type { Task } from '@/lib/jobs/work';
import { respond } from '@/lib/responses/respond';

const payloadSchema = z.object({ findingIds: z.array(z.uuid()).max(1_000) });

/** Looks whether a rule wants something for findings that are new or have new evidence. */
export const respondToFindings: Task = async (payload) => {
  await respond(systemCtx('response'), payloadSchema.parse(payload));
};
