import { z } from 'zod';
import { answerSchema, requestRowSchema } from '@/lib/approvals/model';
import { withdraw } from '@/lib/approvals/withdraw';
import { route } from '@/lib/http/route';

export const POST = route({
  name: 'withdrawApproval',
  summary: 'Takes an approval back before its time.',
  permission: 'approval.answer',
  params: z.strictObject({ id: z.uuid() }),
  body: answerSchema.omit({ id: true }),
  response: requestRowSchema,
  handle: ({ ctx, params, body }) => withdraw(ctx, { ...body, ...params }),
});
