import { route } from '@/lib/http/route';
import { refSchema } from '@/lib/responses/model';
import { removeRule } from '@/lib/responses/remove-rule';
import { proposedSchema, ruleChangeSchema } from '@/lib/responses/rest-model';
import { updateRule } from '@/lib/responses/update-rule';

export const PATCH = route({
  name: 'updateResponseRule',
  summary: 'Changes a rule, or switches it on or off',
  permission: 'response.manage',
  params: refSchema,
  body: ruleChangeSchema,
  response: proposedSchema,
  handle: ({ ctx, params, body }) => updateRule(ctx, { id: params.id, ...body }),
});

export const DELETE = route({
  name: 'removeResponseRule',
  summary: 'Removes a rule; what it did stays',
  permission: 'response.manage',
  params: refSchema,
  response: proposedSchema,
  handle: ({ ctx, params }) => removeRule(ctx, params),
});
