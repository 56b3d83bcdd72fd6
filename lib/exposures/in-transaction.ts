import type { Hinted } from '@/lib/exposures/hints';
import { tellHints } from '@/lib/exposures/lane/hints';
import { type Statement, send } from '@/lib/exposures/lane/send';
import {
  drop,
  isContention,
  isLost,
  type Lane,
  onLane,
  rollback,
  together,
  wasCommitted,
} from '@/lib/exposures/lane/store';
import { BraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';

const MAX_TRIES = 5;

/** Nothing was committed, and shared state can't be reached. */
export const unreachable = (cause: unknown): BraidError =>
  new BraidError('state_unavailable', 'Shared state could not be reached.', { cause, detail: { committed: 'no' } });

/** The connection was lost in the very moment of the commit, and nobody could be asked. Never a decision. */
const unknown = (cause: unknown): BraidError =>
  new BraidError('state_unavailable', 'Whether this was decided is not known yet. Ask again with the same key.', {
    cause,
    detail: { committed: 'unknown' },
  });

export interface Attempting<R> {
  begin(): Promise<unknown>;
  /**
   * To be waited for behind the locks, before this process's memory of what is locked is looked at: until then the batch
   * before this one may not have said what it wrote.
   */
  ready(): Promise<void>;
  /** From here on, losing the connection means: look `decisionId` up, and if it is there `result` stands and `stands` is called. */
  deciding(result: R, decisionId: string | undefined, stands?: () => void): void;
  /** Everything up to the commit has been sent: the next batch may send its locks behind it. */
  sent(): void;
}

interface Deciding<R> {
  result: R;
  decisionId: string | undefined;
  stands: (() => void) | undefined;
}

interface Options {
  /** Errors after which the work is tried again. */
  again?: (error: unknown) => boolean;
  /** Called once, when the commit has been sent. */
  sent?: () => void;
}

const BEGIN: Statement = { name: 'begin', text: 'begin' };

/** The commit was sent and failed: whoever came next has the connection by now, so this goes to the end of the line. */
class Later extends Error {}

/**
 * Runs `work`, which begins and commits on the lane, with bounded retries: for deadlocks and serialisation failures, and
 * whenever `again` says so. A lost connection is `state_unavailable`, after looking whether the commit had happened.
 */
export async function inTransaction<R>(
  work: (lane: Lane, attempt: Attempting<R>) => Promise<R>,
  options: Options = {},
): Promise<R> {
  const tries = { left: MAX_TRIES };
  for (;;) {
    try {
      return await onLane((lane, release) => attempts(lane, release, work, options, tries));
    } catch (error) {
      if (error instanceof Later) continue;
      throw isLost(error) ? unreachable(error) : error;
    }
  }
}

async function attempts<R>(
  lane: Lane,
  release: () => void,
  work: (lane: Lane, attempt: Attempting<R>) => Promise<R>,
  { again = () => false, sent }: Options,
  tries: { left: number },
): Promise<R> {
  const before = lane.pending;
  for (;;) {
    let decided: Deciding<R> | undefined;
    let settle: (() => void) | undefined;
    try {
      return await work(lane, {
        begin: () => send(lane.client, BEGIN),
        ready: () => before,
        deciding: (result, decisionId, stands) => {
          decided = { result, decisionId, stands };
        },
        sent: () => {
          lane.pending = new Promise((resolve) => {
            settle = resolve;
          });
          release();
          sent?.();
        },
      });
    } catch (error) {
      const retry = again(error) || isContention(error);
      if (!retry && isLost(error)) return await afterLoss(lane, error, settle !== undefined, decided);
      tries.left -= 1;
      if (!settle) await rollback(lane); // a commit that failed has ended its transaction
      if (!retry || tries.left <= 0) throw error;
      log.debug({ error: (error as Error).message }, 'decision batch starts again');
      if (settle) throw new Later();
    } finally {
      settle?.();
    }
  }
}

async function afterLoss<R>(
  lane: Lane,
  error: unknown,
  committing: boolean,
  decided: Deciding<R> | undefined,
): Promise<R> {
  const alive = (error as { code?: string }).code === '57014';
  if (!committing) await rollback(lane);
  drop(lane, (error as Error).message);
  if (alive || !committing) throw unreachable(error);
  if (!decided?.decisionId) throw unknown(error);
  const committed = await wasCommitted(lane, decided.decisionId);
  if (committed === null) throw unknown(error);
  if (!committed) throw unreachable(error);
  decided.stands?.();
  return decided.result;
}

/** Hints that had to wait, sent between batches. */
export const sendHints = (hints: Hinted[]): Promise<void> =>
  onLane(async (lane) => {
    await together(tellHints(lane.client, hints));
  });
