import { createOperator } from '@/lib/access/create-operator';
import { listOperators } from '@/lib/access/list-operators';
import { createOperatorSchema, operatorRowSchema } from '@/lib/access/model';
import { listQuerySchema, pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listOperators',
  summary: 'People who may sign in',
  permission: 'operator.manage',
  query: listQuerySchema,
  response: pageSchema(operatorRowSchema),
  handle: ({ ctx, query }) => listOperators(ctx, query),
});

export const POST = route({
  name: 'createOperator',
  summary: 'Add an operator with a first password',
  permission: 'operator.manage',
  body: createOperatorSchema,
  status: 201,
  response: operatorRowSchema,
  handle: ({ ctx, body }) => createOperator(ctx, body),
});
