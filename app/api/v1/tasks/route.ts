import { route } from '@/lib/http/route';
import { listTasks } from '@/lib/sessions/list-tasks';
import { endedTasksSchema, listTasksSchema } from '@/lib/sessions/task-model';

export const GET = route({
  name: 'listEndedTasks',
  summary: 'Tasks that were declared over and are refused, the latest first',
  permission: 'console.read',
  query: listTasksSchema,
  response: endedTasksSchema,
  handle: ({ ctx, query }) => listTasks(ctx, query),
});
