import { route } from '@/lib/http/route';
import { draftNameSchema, versionInputSchema } from '@/lib/policies/life-model';
import { placedSchema } from '@/lib/policies/rest-model';
import { rollBack } from '@/lib/policies/roll-back';

export const POST = route({
  name: 'rollBackPolicySet',
  summary: 'Gives back what an earlier version said, as a new version.',
  permission: 'policy.manage',
  params: draftNameSchema,
  body: versionInputSchema.omit({ name: true }),
  response: placedSchema,
  handle: ({ ctx, params, body }) => rollBack(ctx, { ...params, ...body }),
});
