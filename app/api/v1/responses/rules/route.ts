import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { createRule } from '@/lib/responses/create-rule';
import { listRules } from '@/lib/responses/list-rules';
import { createRuleSchema, ruleRowSchema } from '@/lib/responses/model';
import { proposedSchema } from '@/lib/responses/rest-model';

export const GET = route({
  name: 'listResponseRules',
  summary: 'Rules that act on findings, with how often they acted and were refused',
  permission: 'console.read',
  response: pageSchema(ruleRowSchema),
  handle: ({ ctx }) => listRules(ctx),
});

export const POST = route({
  name: 'createResponseRule',
  summary: 'Adds a rule that acts on findings; it is at rest until it is switched on',
  permission: 'response.manage',
  body: createRuleSchema,
  response: proposedSchema,
  status: 201,
  handle: ({ ctx, body }) => createRule(ctx, body),
});
