import { z } from 'zod';
import { systemCtx } from '@/lib/access/model';
import { askAgain } from '@/lib/decisions/ask-again';
import type { Task } from '@/lib/jobs/work';

const payloadSchema = z.object({ identityIds: z.array(z.uuid()).max(200) });

/** Asks again for identities something has changed about. */
export const reevaluateSessions: Task = async (payload) => {
  for (const identityId of payloadSchema.parse(payload).identityIds)
    await askAgain(systemCtx('reevaluation'), { identityId });
};
