import { z } from 'zod';
import { route } from '@/lib/http/route';
import { reopenTask } from '@/lib/sessions/reopen-task';
import { reopenTaskSchema, taskRefSchema } from '@/lib/sessions/task-model';

export const POST = route({
  name: 'reopenTask',
  summary: 'Takes back that a task is over: new sessions may name it again; those that were ended stay ended',
  permission: 'identity.restore',
  body: reopenTaskSchema,
  response: z.strictObject({ taskId: taskRefSchema.shape.taskId }),
  handle: ({ ctx, body }) => reopenTask(ctx, body),
});
