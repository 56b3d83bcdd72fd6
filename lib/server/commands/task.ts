import type { Command } from 'commander';
import { onDatabase, print, table } from '@/lib/server/commands/run';
import { listTasks } from '@/lib/sessions/list-tasks';
import { reopenTask } from '@/lib/sessions/reopen-task';

export function taskCommands(program: Command): void {
  const task = program.command('task').description('tasks that callers declared over');
  task
    .command('list')
    .description('tasks that are over and refused, the latest first')
    .option('--issuer <issuer>', 'only those of this namespace')
    .option('--limit <n>', 'rows, at most 200', '50')
    .option('--json', 'print the result as JSON', false)
    .action((options: { issuer?: string; limit: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const page = await listTasks(ctx, { issuer: options.issuer, limit: Number(options.limit) });
        const rows = page.items.map((row) => ({
          task: row.taskId,
          namespace: row.issuer,
          over: row.completedAt,
          by: row.completedBy,
          reason: row.reason,
          'forgotten at': row.until,
        }));
        print(options.json ? page : table(rows, 'No task is over.'));
      }),
    );
  task
    .command('reopen')
    .description('take back that a task is over: new sessions may name it again')
    .argument('<task>')
    .requiredOption('--reason <text>', 'why; kept in the audit log')
    .option('--issuer <issuer>', 'the namespace it is named in', 'default')
    .option('--json', 'print the result as JSON', false)
    .action((taskId: string, { issuer, reason, json }: { issuer: string; reason: string; json: boolean }) =>
      onDatabase(json, async (ctx) => {
        const done = await reopenTask(ctx, { issuer, taskId, reason });
        print(json ? done : `Task ${taskId} may be named again.`);
      }),
    );
}
