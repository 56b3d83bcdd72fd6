import { z } from 'zod';
import { systemCtx } from '@/lib/access/model';
import { becauseSchema } from '@/lib/decisions/again-model';
import { askTogetherAgain } from '@/lib/decisions/ask-together-again';
import type { Task } from '@/lib/jobs/work';

const payloadSchema = z.object({
  identityIds: z.array(z.uuid()).max(200),
  /** The decision point says only that a session is no longer what it was. */
  because: becauseSchema.default('session'),
});

/** Asks again for identities something has changed about. */
export const reevaluateSessions: Task = async (payload) => {
  const { identityIds, because } = payloadSchema.parse(payload);
  await askTogetherAgain(systemCtx('reevaluation'), identityIds, because);
};
