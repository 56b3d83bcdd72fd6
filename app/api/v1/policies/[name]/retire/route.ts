import { z } from 'zod';
import { route } from '@/lib/http/route';
import { draftNameSchema, retireInputSchema } from '@/lib/policies/life-model';
import { retire } from '@/lib/policies/retire';

export const POST = route({
  name: 'retirePolicySet',
  summary: 'Takes a set out of force, or its version out of shadow.',
  permission: 'policy.manage',
  params: draftNameSchema,
  body: retireInputSchema.omit({ name: true }).extend({ what: z.enum(['active', 'shadow']) }),
  response: z.strictObject({ name: z.string().max(64), version: z.number().int() }),
  handle: ({ ctx, params, body }) => retire(ctx, { ...params, ...body }),
});
