import type { Tx } from '@/lib/db/transaction';

export interface JobOptions {
  /** One job of this key waits at a time; a later one replaces it. */
  key?: string;
  runAt?: Date;
  maxAttempts?: number;
  /** Jobs of one queue run one after another. */
  queue?: string;
}

/** Adds a job inside the caller's transaction: it exists if and only if the transaction commits. */
export async function enqueue(
  tx: Tx,
  task: string,
  payload: Record<string, unknown>,
  options: JobOptions = {},
): Promise<void> {
  await tx.$executeRaw`select graphile_worker.add_job(
    ${task}, ${JSON.stringify(payload)}::json, queue_name => ${options.queue ?? null}::text,
    run_at => ${options.runAt ?? null}::timestamptz, max_attempts => ${options.maxAttempts ?? 25}::int, job_key => ${options.key ?? null}::text)`;
}

/** `enqueue` of many jobs of one task, each under its key, in one statement. */
export async function enqueueMany(
  tx: Tx,
  task: string,
  jobs: { key: string; payload: Record<string, unknown> }[],
): Promise<void> {
  if (jobs.length === 0) return;
  await tx.$executeRaw`select graphile_worker.add_job(${task}, j->'payload', max_attempts => 25, job_key => j->>'key')
    from json_array_elements(${JSON.stringify(jobs)}::json) j`;
}
