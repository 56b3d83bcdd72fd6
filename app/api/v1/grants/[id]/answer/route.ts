import { z } from 'zod';
import { answer } from '@/lib/access/grants/answer';
import { answerGrantSchema, grantRowSchema } from '@/lib/access/grants/model';
import { route } from '@/lib/http/route';

export const POST = route({
  name: 'answerGrant',
  summary: 'Grant a role for a time, or less than was asked for, or decline it; another operator, in person',
  permission: 'operator.manage',
  params: z.strictObject({ id: z.uuid() }),
  body: answerGrantSchema.omit({ id: true }),
  response: grantRowSchema,
  fromConsole: true,
  handle: ({ ctx, params, body }) => answer(ctx, { ...body, ...params }),
});
