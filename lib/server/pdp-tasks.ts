// What a caller says of its own tasks. Routes only.
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { type Call, readJson, send } from '@/lib/server/pdp-http';
import { completeTask } from '@/lib/sessions/complete-task';

const BYTES = 16_000;

function taskOf(call: Call): string {
  try {
    return decodeURIComponent(call.path.split('/')[3]!);
  } catch {
    throw new BraidError('input.invalid', 'The task in the path is not readable.');
  }
}

export const taskRoutes = (verified: (call: Call) => Promise<Ctx>) => [
  {
    method: 'POST' as const,
    path: /^\/v1\/tasks\/[^/]{1,1600}\/complete$/,
    name: 'complete_task',
    authzen: false,
    handle: async (call: Call): Promise<void> => {
      const ctx = await verified(call);
      const body = (await readJson(call, BYTES, true)) as { reason?: unknown };
      const reason = typeof body?.reason === 'string' ? body.reason : undefined;
      send(call, 202, await completeTask(ctx, { taskId: taskOf(call), reason }));
    },
  },
];
