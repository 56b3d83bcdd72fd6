import { systemCtx } from '@/lib/access/model';
import type { Task } from '@/lib/jobs/work';
import { carryOut as carryOutRule, carryOutSchema } from '@/lib/revocations/carry-out';

/** Carries out what a decision left to be done, right after its commit. */
export const carryOut: Task = async (payload) => {
  await carryOutRule(systemCtx('carry-out'), carryOutSchema.parse(payload));
};
