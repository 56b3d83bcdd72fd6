import { z } from 'zod';
import { updateRuleSchema } from '@/lib/responses/model';

// What callers of the API send beside the path, and what they get back.

export const proposedSchema = z.strictObject({ id: z.uuid() });
export const askedSchema = z.strictObject({
  id: z.uuid(),
  /** Operators who may agree, whoever asked aside. */
  mayAgree: z.number().int(),
  /** Nobody else may agree; null: somebody may. */
  warning: z.string().max(500).nullable(),
});
export const reasonBodySchema = z.strictObject({ reason: z.string().trim().max(2000).default('') });
export const ruleChangeSchema = updateRuleSchema.omit({ id: true });
