import type { Job, Outcome } from '@/lib/decisions/request-model';
import { reserve } from '@/lib/exposures/reserve';
import { BraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';

/** Items decided in one transaction, at most; fewer in a process that has just started or gets little of its machine. */
const MAX_BATCH = 256;
const MIN_BATCH = 8;
/** A batch should take well less than the transaction's 1.5 s, or the next one is smaller. */
const SLOW_MS = 300;
/** Items waiting in this process; beyond, callers are told to come back. */
const MAX_WAITING = 5_000;
/** How long an item may wait for its batch before it is answered `state_unavailable`; with the transaction's own 1.5 s this stays under 2 s. */
const MAX_WAIT_MS = 400;

interface Waiting {
  job: Job;
  sinceMs: number;
  resolve(outcomes: Outcome[]): void;
  reject(error: unknown): void;
}

const queue: Waiting[] = [];
let waitingItems = 0;
let running = false;
let most = 32;

/** Puts a job into the next batch. Concurrent jobs are decided together; while one batch commits, the next collects. */
export function batch(job: Job): Promise<Outcome[]> {
  if (waitingItems + job.items.length > MAX_WAITING)
    return Promise.reject(new BraidError('access.rate_limited', 'Too many requests are waiting to be decided.'));
  return new Promise((resolve, reject) => {
    queue.push({ job, sinceMs: performance.now(), resolve, reject });
    waitingItems += job.items.length;
    if (!running) {
      running = true;
      setImmediate(run); // lets everything that has already arrived into this batch
    }
  });
}

function take(): Waiting[] {
  const taken: Waiting[] = [];
  let items = 0;
  while (queue.length && (taken.length === 0 || items + queue[0]!.job.items.length <= most)) {
    const next = queue.shift()!;
    items += next.job.items.length;
    taken.push(next);
  }
  waitingItems -= items;
  return taken;
}

async function run(): Promise<void> {
  // What arrives while a batch is decided is the next one; it starts before the answers of the last are written.
  while (queue.length) await decideTogether(take());
  running = false;
}

const unavailable = (error: unknown): boolean => error instanceof BraidError && error.code === 'state_unavailable';

/** After a loss, whoever has waited long is told so at once instead of each trying for itself. */
function giveUpLate(error: unknown): void {
  const now = performance.now();
  while (queue.length && now - queue[0]!.sinceMs > MAX_WAIT_MS) {
    const late = queue.shift()!;
    waitingItems -= late.job.items.length;
    late.reject(error);
  }
}

/** Halves what is decided together when it took long, and doubles it when it did not. */
function adapt(tookMs: number): void {
  if (tookMs > SLOW_MS) most = Math.max(MIN_BATCH, most >> 1);
  else if (tookMs < SLOW_MS / 2) most = Math.min(MAX_BATCH, most * 2);
}

async function decideTogether(taken: Waiting[]): Promise<void> {
  const began = performance.now();
  try {
    const outcomes = await reserve(taken.map((one) => one.job));
    adapt(performance.now() - began);
    const answer = () => {
      for (const [index, one] of taken.entries()) one.resolve(outcomes[index]!);
    };
    if (queue.length) setImmediate(answer);
    else answer();
  } catch (error) {
    adapt(performance.now() - began);
    if (unavailable(error)) {
      for (const one of taken) one.reject(error);
      giveUpLate(
        new BraidError('state_unavailable', 'Shared state could not be reached.', { detail: { committed: 'no' } }),
      );
      return;
    }
    log.error({ err: error, jobs: taken.length }, 'decision batch failed');
    await decideApart(taken, error);
  }
}

/** One request can spoil a transaction for all: each is tried alone, once. */
async function decideApart(taken: Waiting[], error: unknown): Promise<void> {
  if (taken.length === 1) return taken[0]!.reject(error);
  for (const one of taken) {
    await reserve([one.job]).then(([outcomes]) => one.resolve(outcomes!), one.reject);
  }
}
