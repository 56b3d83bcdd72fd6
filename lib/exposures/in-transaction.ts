import { HINT_CHANNEL } from '@/lib/db/hint';
import type { Hinted } from '@/lib/exposures/hints';
import { isContention, isLost, type Lane, onLane, rollback, together, wasCommitted } from '@/lib/exposures/lane/store';
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
  /** From here on, losing the connection means: look `decisionId` up, and if it is there `result` stands. */
  deciding(result: R, decisionId: string | undefined): void;
}

/**
 * Runs `work`, which begins and commits on the lane, with bounded retries: for deadlocks and serialisation failures, and
 * whenever `again` says so. A lost connection is `state_unavailable`, after looking whether the commit had happened.
 */
export function inTransaction<R>(
  work: (lane: Lane, attempt: Attempting<R>) => Promise<R>,
  again: (error: unknown) => boolean = () => false,
): Promise<R> {
  return onLane(async (lane) => {
    for (let tries = 1; ; tries++) {
      let decided: { result: R; decisionId: string | undefined } | undefined;
      try {
        return await work(lane, {
          begin: () => {
            lane.stage = 'open';
            return lane.client.query('begin');
          },
          deciding: (result, decisionId) => {
            decided = { result, decisionId };
          },
        });
      } catch (error) {
        const retry = again(error) || isContention(error);
        if (!retry && isLost(error)) return await afterLoss(lane, error, decided);
        await rollback(lane);
        if (!retry || tries >= MAX_TRIES) throw error;
        log.debug({ tries, error: (error as Error).message }, 'decision batch starts again');
      }
    }
  }).catch((error: unknown) => {
    throw isLost(error) ? unreachable(error) : error;
  });
}

async function afterLoss<R>(
  lane: Lane,
  error: unknown,
  decided: { result: R; decisionId: string | undefined } | undefined,
): Promise<R> {
  const committing = lane.stage === 'committing';
  if ((error as { code?: string }).code === '57014' || !committing) {
    await rollback(lane);
    lane.stage = 'broken';
    throw unreachable(error);
  }
  lane.stage = 'broken';
  if (!decided?.decisionId) throw unknown(error);
  const committed = await wasCommitted(lane, decided.decisionId);
  if (committed === null) throw unknown(error);
  if (!committed) throw unreachable(error);
  return decided.result;
}

/** Hints that had to wait, sent between batches. */
export const sendHints = (hints: Hinted[]): Promise<void> =>
  onLane(async (lane) => {
    await together(
      hints.map((hint) => lane.client.query('select pg_notify($1, $2)', [HINT_CHANNEL, JSON.stringify(hint)])),
    );
  });
