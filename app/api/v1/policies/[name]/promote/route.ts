import { route } from '@/lib/http/route';
import { draftNameSchema, versionInputSchema } from '@/lib/policies/life-model';
import { promote } from '@/lib/policies/promote';
import { placedSchema } from '@/lib/policies/rest-model';

export const POST = route({
  name: 'promotePolicySet',
  summary: 'Makes the version in shadow the active one.',
  permission: 'policy.manage',
  params: draftNameSchema,
  body: versionInputSchema.omit({ name: true }),
  response: placedSchema,
  handle: ({ ctx, params, body }) => promote(ctx, { ...params, ...body }),
});
