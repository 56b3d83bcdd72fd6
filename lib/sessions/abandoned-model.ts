import { z } from 'zod';
import { SESSION_KINDS } from '@/lib/sessions/model';

/**
 * When a session that stands open counts as abandoned, and what is done then (requirement C13). Connections of pools, services
 * and workers wait by nature: only kinds behind which somebody sits, or whose owner gave consent, are looked at.
 */
export const abandonRuleSchema = z.strictObject({
  /** Minutes without anything done in it after which it is flagged. */
  afterMins: z.number().int().min(5).max(43_200),
  kinds: z.array(z.enum(SESSION_KINDS)).max(SESSION_KINDS.length),
  /** Minutes after which it is ended, too; null: never. */
  endAfterMins: z.number().int().min(5).max(43_200).nullable(),
});
export type AbandonRule = z.infer<typeof abandonRuleSchema>;

export const DEFAULT_RULE: AbandonRule = { afterMins: 480, kinds: ['browser', 'tab', 'agent'], endAfterMins: null };

export const setAbandonRuleSchema = abandonRuleSchema
  .extend({ reason: z.string().trim().max(500).optional() })
  .refine((rule) => rule.endAfterMins === null || rule.endAfterMins >= rule.afterMins, {
    message: 'can’t be shorter than the time after which it is flagged',
    path: ['endAfterMins'],
  });
export type SetAbandonRule = z.input<typeof setAbandonRuleSchema>;

export const abandonStandingSchema = z.strictObject({
  rule: abandonRuleSchema,
  /** Sessions flagged now. */
  flagged: z.number().int(),
  /** Sessions ended by the rule in the last 7 days. */
  ended: z.number().int(),
});
export type AbandonStanding = z.infer<typeof abandonStandingSchema>;
