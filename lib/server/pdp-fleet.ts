// Several decision points behind one port, for machines with cores to spare. Each is a process of its own with a writer of
// its own; what they share is the database, as decision points on different machines do.
import cluster, { type Worker } from 'node:cluster';
import { log } from '@/lib/platform/log';
import { announceReady, onStop } from '@/lib/server/lifecycle';

const RESTART_MS = 500;
const STOP_MS = 9_000;

/** Starts `count` processes of the program that runs and replaces what dies. Says it is ready when all of them listen. */
export function startFleet(count: number): void {
  let stopping = false;
  let ready = 0;
  const start = (): void => {
    if (stopping) return;
    cluster.fork().once('message', () => {
      ready += 1;
      if (ready === count) announceReady();
    });
  };
  cluster.on('exit', (worker, code, signal) => {
    if (stopping) return;
    log.warn({ pid: worker.process.pid, code, signal }, 'a decision point ended; another takes its place');
    setTimeout(start, RESTART_MS);
  });
  for (let n = 0; n < count; n++) start();
  onStop(async () => {
    stopping = true;
    await Promise.all(Object.values(cluster.workers ?? {}).flatMap((worker) => (worker ? ended(worker) : [])));
  });
}

/** Stops one in order: it answers what it has begun. */
function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    const hard = setTimeout(() => worker.process.kill('SIGKILL'), STOP_MS);
    worker.once('exit', () => {
      clearTimeout(hard);
      resolve();
    });
    worker.process.kill('SIGTERM');
  });
}
