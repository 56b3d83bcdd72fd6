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
let most = 32;
let planned = false;
/** A batch is on its way to its locks, or is being judged: the next has to wait until it has been sent. */
let judging = false;
/** Batches sent whose commit is not known yet, and the items of the last of them. */
let committing = 0;
let lastItems = 0;

/**
 * Puts a job into the next batch. Concurrent jobs are decided together: while one batch commits, the next collects, and
 * goes for its locks behind it as soon as it is worth it.
 */
export function batch(job: Job): Promise<Outcome[]> {
  if (waitingItems + job.items.length > MAX_WAITING)
    return Promise.reject(new BraidError('access.rate_limited', 'Too many requests are waiting to be decided.'));
  return new Promise((resolve, reject) => {
    queue.push({ job, sinceMs: performance.now(), resolve, reject });
    waitingItems += job.items.length;
    plan();
  });
}

/** Lets everything that has already arrived into this batch. */
function plan(): void {
  if (planned || judging) return;
  planned = true;
  setImmediate(next);
}

/** Starts a batch if one may start now and is worth it. */
function next(): boolean {
  planned = false;
  if (judging || queue.length === 0) return false;
  // Many small batches cost more than few large ones: behind a commit only half as many again are worth one.
  if (committing > 0 && waitingItems * 2 < lastItems) return false;
  judging = true;
  void decideTogether(take());
  return true;
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
  lastItems = items;
  return taken;
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
  let isSent = false;
  const sent = () => {
    if (isSent) return;
    isSent = true;
    judging = false;
    committing += 1;
    plan();
  };
  const over = (): boolean => {
    sent();
    committing -= 1;
    return next();
  };
  try {
    const outcomes = await reserve(
      taken.map((one) => one.job),
      sent,
    );
    adapt(performance.now() - began);
    const answer = () => {
      for (const [index, one] of taken.entries()) one.resolve(outcomes[index]!);
    };
    // What has collected goes for its locks first: the answers are written while the server sees to them.
    if (over()) setImmediate(answer);
    else answer();
  } catch (error) {
    adapt(performance.now() - began);
    if (unavailable(error)) {
      for (const one of taken) one.reject(error);
      giveUpLate(
        new BraidError('state_unavailable', 'Shared state could not be reached.', { detail: { committed: 'no' } }),
      );
      over();
      return;
    }
    log.error({ err: error, jobs: taken.length }, 'decision batch failed');
    await decideApart(taken, error);
    over();
  }
}

/** One request can spoil a transaction for all: each is tried alone, once. */
async function decideApart(taken: Waiting[], error: unknown): Promise<void> {
  if (taken.length === 1) return taken[0]!.reject(error);
  for (const one of taken) {
    await reserve([one.job]).then(([outcomes]) => one.resolve(outcomes!), one.reject);
  }
}
