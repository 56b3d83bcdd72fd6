import { z } from 'zod';
import type { PolicySetRow } from '@/lib/policies/model';

const time = z.string().max(40);

/** One version of a policy set, as `/api/v1/policies` answers it. */
export const policySetRowSchema = z.strictObject({
  id: z.string().max(64),
  name: z.string().max(64),
  version: z.number().int(),
  hash: z.string().max(64),
  state: z.enum(['active', 'shadow', 'retired']),
  mode: z.enum(['enforce', 'shadow']),
  createdAt: time,
  createdBy: z.string().max(512),
  reason: z.string().max(2000).nullable(),
  activatedAt: time.nullable(),
  activatedBy: z.string().max(512).nullable(),
  activatedFor: z.string().max(2000).nullable(),
  retiredAt: time.nullable(),
  basedOn: z.number().int().nullable(),
  rules: z.number().int(),
  meters: z.number().int(),
  tests: z.number().int(),
}) satisfies z.ZodType<PolicySetRow>;

export const policySetDetailSchema = z.strictObject({
  set: policySetRowSchema,
  source: z.string().max(500_000),
  versions: z.array(policySetRowSchema).max(10_000),
});
