import { z } from 'zod';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { apply } from '@/lib/policies/apply';
import { applyInputSchema } from '@/lib/policies/life-model';
import { list } from '@/lib/policies/list';
import { countNotesSchema, policySetRowSchema } from '@/lib/policies/rest-model';

export const GET = route({
  name: 'listPolicySets',
  summary: 'What judges requests now: the active version of every policy set, and those in shadow.',
  permission: 'console.read',
  response: pageSchema(policySetRowSchema),
  handle: ({ ctx }) => list(ctx),
});

export const POST = route({
  name: 'applyPolicySet',
  summary:
    'Makes a source, or the files of a folder, the active version of the set it names, or its version in shadow.',
  permission: 'policy.manage',
  body: applyInputSchema,
  bodyLimit: 5_000_000,
  response: z.strictObject({
    id: z.uuid(),
    name: z.string().max(64),
    version: z.number().int(),
    hash: z.string().max(64),
    state: z.enum(['active', 'shadow']),
    changed: z.boolean(),
    dryRun: z.boolean(),
    diff: z.string().max(2_000_000),
    against: z.number().int().nullable(),
    tests: z.strictObject({ run: z.number().int(), failed: z.number().int() }),
    notes: countNotesSchema,
  }),
  status: 201,
  handle: ({ ctx, body }) => apply(ctx, body),
});
