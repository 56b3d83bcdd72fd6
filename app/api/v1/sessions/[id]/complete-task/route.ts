import { z } from 'zod';
import { route } from '@/lib/http/route';
import { refSchema } from '@/lib/revocations/model';
import { completeTaskOf } from '@/lib/sessions/complete-task';
import { completedTaskSchema, completeTaskOfSchema } from '@/lib/sessions/task-model';

export const POST = route({
  name: 'completeTaskOfSession',
  summary: 'Declares the task this session names over: every session that names it is refused, and ended everywhere',
  permission: 'session.terminate',
  params: refSchema,
  body: z.strictObject({ reason: completeTaskOfSchema.shape.reason }),
  response: completedTaskSchema,
  status: 202,
  handle: ({ ctx, params, body }) => completeTaskOf(ctx, { id: params.id, ...body }),
});
