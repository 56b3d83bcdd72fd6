import { EventEmitter } from 'node:events';
import { Logger, parseCronItems, run, type TaskList, type WorkerEvents } from 'graphile-worker';
import { databaseUrl } from '@/lib/db/client';
import { keepLiving } from '@/lib/jobs/living';
import { log } from '@/lib/platform/log';

/** One line of a task file: name → what it does. Tasks are idempotent: a job runs at least once. */
export type Task = (payload: unknown, helpers: TaskHelpers) => Promise<void>;

export interface TaskHelpers {
  attempts: number;
  jobId: string;
  /** Aborted as soon as this process is asked to stop: a long task throws then and is run again. */
  signal: AbortSignal;
}

export interface CronItem {
  task: string;
  /** crontab pattern, UTC. */
  match: string;
}

/** Runs the given tasks until `stop`. A process runs only the tasks it lists; others wait for a process that does. */
export async function work(tasks: Record<string, Task>, options: { concurrency: number; cron?: CronItem[] }) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const taskList: TaskList = Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      (payload, helpers) => task(payload, { attempts: helpers.job.attempts, jobId: String(helpers.job.id), signal }),
    ]),
  );
  const events: WorkerEvents = new EventEmitter();
  const ids = new Set<string>();
  // A job is locked in the name of its pool.
  events.on('pool:create', ({ workerPool }) => ids.add(workerPool.id));
  const runner = await run({
    events,
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
  const living = keepLiving(ids);
  return {
    stop: async () => {
      stopping.abort();
      await runner.stop();
      await runner.promise;
      await living.stop();
    },
  };
}
