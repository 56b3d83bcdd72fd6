import { taskKey } from '@/lib/exposures/judge';
import type { Lane } from '@/lib/exposures/lane/store';
import type { Asking } from '@/lib/exposures/prepare';

/** Of the tasks that the asking sessions name, those that have been declared over. Asks only where one is named. */
export async function endedTasks({ client, known }: Lane, asking: readonly Asking[]): Promise<ReadonlySet<string>> {
  const named = new Map<string, { issuer: string; task: string }>();
  for (const { item, sessionId } of asking) {
    const task = item.braid.session?.task ?? known.sessions.get(sessionId)?.session.task;
    if (task) named.set(taskKey(item.issuer, task), { issuer: item.issuer, task });
  }
  if (!named.size) return new Set();
  const all = [...named.values()];
  const found = await client.query<{ issuer: string; id: string }>({
    name: 'ended_tasks',
    text: `select t.issuer, t.id from tasks t join unnest($1::text[], $2::text[]) as q(issuer, id) on t.issuer = q.issuer and t.id = q.id`,
    values: [all.map((one) => one.issuer), all.map((one) => one.task)],
  });
  return new Set(found.rows.map((row) => taskKey(row.issuer, row.id)));
}
