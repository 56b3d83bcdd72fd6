import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { list } from '@/lib/policies/list';
import { policySetRowSchema } from '@/lib/policies/rest-model';

export const GET = route({
  name: 'listPolicySets',
  summary: 'The active version of every policy set.',
  permission: 'console.read',
  response: pageSchema(policySetRowSchema),
  handle: ({ ctx }) => list(ctx),
});
