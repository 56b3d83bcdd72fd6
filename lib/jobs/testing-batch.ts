// For tests only: batch workers as the supervisor starts them, to be killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '@/lib/platform/env';

const started: ChildProcess[] = [];

/** A batch worker of its own on this database and home. */
export function startBatch(url: string, home: string): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/server/batch.ts'], {
    cwd: projectRoot(),
    env: { ...process.env, DATABASE_URL: url, BRAID_HOME: home, BRAID_PROCESS: 'batch', BRAID_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  started.push(child);
  return child;
}

/** Leaves none of those started here. */
export function killAll(): void {
  for (const child of started) child.kill('SIGKILL');
}

export const gone = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve));

export async function until(done: () => Promise<boolean> | boolean, ms: number): Promise<void> {
  for (let waited = 0; !(await done()); waited += 100) {
    if (waited > ms) throw new Error('it did not happen in time');
    await sleep(100);
  }
}
