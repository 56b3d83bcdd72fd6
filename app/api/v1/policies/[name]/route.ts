import { z } from 'zod';
import { route } from '@/lib/http/route';
import { policySetDetailSchema } from '@/lib/policies/rest-model';
import { show } from '@/lib/policies/show';

export const GET = route({
  name: 'showPolicySet',
  summary: 'A policy set as it was applied, with its versions. Default: the active one.',
  permission: 'console.read',
  params: z.strictObject({ name: z.string().min(1).max(64) }),
  query: z.strictObject({ version: z.coerce.number().int().min(1).optional() }),
  response: policySetDetailSchema,
  handle: async ({ ctx, params, query }) => {
    const { set, source, versions } = await show(ctx, { ...params, ...query });
    return { set, source, versions };
  },
});
