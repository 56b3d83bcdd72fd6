import { z } from 'zod';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { apply } from '@/lib/policies/apply';
import { applyInputSchema } from '@/lib/policies/life-model';
import { list } from '@/lib/policies/list';
import { policySetRowSchema } from '@/lib/policies/rest-model';

export const GET = route({
  name: 'listPolicySets',
  summary: 'The active version of every policy set.',
  permission: 'console.read',
  response: pageSchema(policySetRowSchema),
  handle: ({ ctx }) => list(ctx),
});

export const POST = route({
  name: 'applyPolicySet',
  summary: 'Makes a source, or the files of a folder, the active version of the set it names.',
  permission: 'policy.manage',
  body: applyInputSchema,
  response: z.strictObject({
    id: z.uuid(),
    name: z.string().max(64),
    version: z.number().int(),
    hash: z.string().max(64),
    changed: z.boolean(),
  }),
  status: 201,
  handle: ({ ctx, body }) => apply(ctx, body),
});
