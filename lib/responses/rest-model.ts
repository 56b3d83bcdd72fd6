import { z } from 'zod';
import { updateRuleSchema } from '@/lib/responses/model';

// What callers of the API send beside the path, and what they get back.

export const proposedSchema = z.strictObject({ id: z.uuid() });
export const askedSchema = z.strictObject({
  id: z.uuid(),
  /** Operators who may agree, whoever asked aside. */
  mayAgree: z.number().int(),
  /** Nobody else may agree, or it was asked for already and still waits (`id` is that one); null: neither. */
  warning: z.string().max(500).nullable(),
});
export const reasonBodySchema = z.strictObject({ reason: z.string().trim().max(2000).default('') });
export const ruleChangeSchema = updateRuleSchema.omit({ id: true });
