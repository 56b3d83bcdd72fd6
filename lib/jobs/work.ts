import { Logger, parseCronItems, run, type TaskList } from 'graphile-worker';
import { databaseUrl } from '@/lib/db/client';
import { log } from '@/lib/platform/log';

/** One line of a task file: name → what it does. Tasks are idempotent: a job runs at least once. */
export type Task = (payload: unknown, helpers: { attempts: number; jobId: string }) => Promise<void>;

export interface CronItem {
  task: string;
  /** crontab pattern, UTC. */
  match: string;
}

/** Runs the given tasks until `stop`. A process runs only the tasks it lists; others wait for a process that does. */
export async function work(tasks: Record<string, Task>, options: { concurrency: number; cron?: CronItem[] }) {
  const taskList: TaskList = Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      (payload, helpers) => task(payload, { attempts: helpers.job.attempts, jobId: String(helpers.job.id) }),
    ]),
  );
  const runner = await run({
    connectionString: databaseUrl(),
    concurrency: options.concurrency,
    pollInterval: 1000,
    noHandleSignals: true,
    taskList,
    parsedCronItems: parseCronItems((options.cron ?? []).map((item) => ({ ...item, options: { backfillPeriod: 0 } }))),
    logger: new Logger(() => (level, message) => {
      if (level === 'error' || level === 'warning') log.warn({ job: message.slice(0, 2000) }, 'job queue');
    }),
  });
  return { stop: () => runner.stop() };
}
