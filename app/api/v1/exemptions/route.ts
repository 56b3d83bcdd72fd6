import { z } from 'zod';
import { route } from '@/lib/http/route';
import { exempt } from '@/lib/policies/exempt';
import { exemptInputSchema } from '@/lib/policies/life-model';
import { listExemptions } from '@/lib/policies/list-exemptions';
import { exemptionsSchema } from '@/lib/policies/rest-model';

export const GET = route({
  name: 'listExemptions',
  summary: 'Who is exempt from what, until when. Default: those that stand.',
  permission: 'console.read',
  query: z.strictObject({
    set: z.string().max(64).optional(),
    identityId: z.uuid().optional(),
    past: z.stringbool().optional(),
  }),
  response: exemptionsSchema,
  handle: async ({ ctx, query }) => ({ items: await listExemptions(ctx, query) }),
});

export const POST = route({
  name: 'exemptFromRule',
  summary: 'Lets a rule not bind an identity or a workflow until a time; then it binds again by itself.',
  permission: 'policy.manage',
  body: exemptInputSchema,
  response: z.strictObject({ id: z.uuid(), until: z.string().max(40) }),
  status: 201,
  handle: ({ ctx, body }) => exempt(ctx, body),
});
