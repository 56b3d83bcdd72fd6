import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { endedTasks } from '@/lib/sessions/task/store';
import {
  type EndedTask,
  type EndedTasks,
  type ListTasks,
  listTasksSchema,
  TASK_OVER_DAYS,
} from '@/lib/sessions/task-model';

const DAY_MS = 86_400_000;

export const toEndedTask = (row: {
  issuer: string;
  id: string;
  completedAt: Date;
  completedBy: string;
  reason: string | null;
}): EndedTask => ({
  issuer: row.issuer,
  taskId: row.id,
  completedAt: row.completedAt.toISOString(),
  completedBy: row.completedBy,
  reason: row.reason,
  until: new Date(row.completedAt.getTime() + TASK_OVER_DAYS * DAY_MS).toISOString(),
});

function cursorOf(text: string): { at: Date; issuer: string; id: string } {
  try {
    const [at, issuer, id] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    if (typeof at === 'number' && typeof issuer === 'string' && typeof id === 'string')
      return { at: new Date(at), issuer, id };
  } catch {
    // said below
  }
  throw new BraidError('input.invalid', 'cursor is not a cursor of this list.');
}

/** Tasks that are over and refused, the latest first. */
export async function listTasks(ctx: Ctx, input: ListTasks = {}): Promise<EndedTasks> {
  authorise(ctx, 'console.read');
  const { issuer, cursor, limit } = listTasksSchema.parse(input);
  const rows = await endedTasks(clock.now(), { issuer, limit, ...(cursor ? { cursor: cursorOf(cursor) } : {}) });
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1)! : null;
  const place = last && JSON.stringify([last.completedAt.getTime(), last.issuer, last.id]);
  return { items: items.map(toEndedTask), nextCursor: place && Buffer.from(place).toString('base64url') };
}
