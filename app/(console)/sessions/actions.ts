'use server';

import { operatorAction } from '@/lib/http/action';
import { completeTaskOf } from '@/lib/sessions/complete-task';
import { completeTaskOfSchema } from '@/lib/sessions/task-model';

export const completeTask = operatorAction('session.terminate', completeTaskOfSchema, ({ ctx, input }) =>
  completeTaskOf(ctx, input),
);
