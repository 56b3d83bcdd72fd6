import { z } from 'zod';
import { approve } from '@/lib/approvals/approve';
import { approveSchema, requestRowSchema } from '@/lib/approvals/model';
import { route } from '@/lib/http/route';

export const POST = route({
  name: 'approveRequest',
  summary: 'Approves a request: exactly what was asked passes, on somebody else’s word.',
  permission: 'approval.answer',
  params: z.strictObject({ id: z.uuid() }),
  body: approveSchema.omit({ id: true }),
  response: requestRowSchema,
  handle: ({ ctx, params, body }) => approve(ctx, { ...body, ...params }),
});
