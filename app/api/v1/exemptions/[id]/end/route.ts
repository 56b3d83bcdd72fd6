import { z } from 'zod';
import { route } from '@/lib/http/route';
import { endExemption } from '@/lib/policies/end-exemption';
import { endExemptionSchema } from '@/lib/policies/life-model';

export const POST = route({
  name: 'endExemption',
  summary: 'Ends an exemption before its time: the rule binds again from the next request.',
  permission: 'policy.manage',
  params: z.strictObject({ id: z.uuid() }),
  body: endExemptionSchema.omit({ id: true }),
  response: z.strictObject({ id: z.uuid() }),
  handle: ({ ctx, params, body }) => endExemption(ctx, { ...params, ...body }),
});
