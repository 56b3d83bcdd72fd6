import { z } from 'zod';
import { deny } from '@/lib/approvals/deny';
import { answerSchema, requestRowSchema } from '@/lib/approvals/model';
import { route } from '@/lib/http/route';

export const POST = route({
  name: 'denyRequest',
  summary: 'Denies a request for approval.',
  permission: 'approval.answer',
  params: z.strictObject({ id: z.uuid() }),
  body: answerSchema.omit({ id: true }),
  response: requestRowSchema,
  handle: ({ ctx, params, body }) => deny(ctx, { ...body, ...params }),
});
