import { z } from 'zod';
import { operatorRowSchema, updateOperatorSchema } from '@/lib/access/model';
import { updateOperator } from '@/lib/access/update-operator';
import { route } from '@/lib/http/route';

export const PATCH = route({
  name: 'updateOperator',
  summary: 'Change an operator’s role, disable or enable',
  permission: 'operator.manage',
  params: z.strictObject({ id: z.uuid() }),
  body: updateOperatorSchema.omit({ id: true }),
  response: operatorRowSchema,
  handle: ({ ctx, params, body }) => updateOperator(ctx, { ...body, ...params }),
});
