import type pg from 'pg';
import type { Known } from '@/lib/exposures/known';
import type { Asking } from '@/lib/exposures/prepare';
import { TASK_OVER_DAYS } from '@/lib/sessions/task-model';

/** A task as its callers name it: ids are read in the namespace of the token. */
export interface NamedTask {
  issuer: string;
  task: string;
}
export const taskKey = ({ issuer, task }: NamedTask): string => `${issuer} ${task}`;

/** Tasks that the asking sessions name. */
export function tasksOf(known: Known, asking: readonly Asking[]): NamedTask[] {
  return asking.flatMap(({ item, sessionId }) => {
    const task = item.braid.session?.task ?? known.sessions.get(sessionId)?.session.task;
    return task ? [{ issuer: item.issuer, task }] : [];
  });
}

/** Of these tasks, those that have been declared over, by `taskKey`. Asks only where there are any. */
export async function endedTasks(client: pg.Client, named: readonly NamedTask[]): Promise<ReadonlySet<string>> {
  if (!named.length) return new Set();
  const all = [...new Map(named.map((one) => [taskKey(one), one])).values()];
  const found = await client.query<{ issuer: string; id: string }>({
    name: 'ended_tasks',
    text: `select t.issuer, t.id from tasks t join unnest($1::text[], $2::text[]) as q(issuer, id) on t.issuer = q.issuer and t.id = q.id
           where t.completed_at > now() - interval '${TASK_OVER_DAYS} days'`,
    values: [all.map((one) => one.issuer), all.map((one) => one.task)],
  });
  return new Set(found.rows.map((row) => taskKey({ issuer: row.issuer, task: row.id })));
}
