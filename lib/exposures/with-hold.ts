import type { Ctx } from '@/lib/access/model';
import { expireHold } from '@/lib/exposures/close';
import { commit } from '@/lib/exposures/commit/store';
import { collectHints } from '@/lib/exposures/hints';
import { inTransaction, sendHints } from '@/lib/exposures/in-transaction';
import { type Lane, together } from '@/lib/exposures/lane/store';
import { lockRows } from '@/lib/exposures/ledger/lock-rows';
import { keep, load, readHolds } from '@/lib/exposures/ledger/store';
import type { ExposureState, Hold, HoldRow, HoldState } from '@/lib/exposures/model';
import { advance } from '@/lib/exposures/state';
import { holdById } from '@/lib/exposures/store';
import { noWrites, type Writes } from '@/lib/exposures/writes';
import { BraidError } from '@/lib/platform/errors';

interface Options {
  /** Called where it stands as wanted already. */
  again?: () => void;
  /** Called where it has ended otherwise, instead of `hold.closed`. */
  late?: Close;
  /** Of any caller, not of the one that asks alone. */
  anyones?: boolean;
  /** What else is written with it, in the same transaction. `nowMs`: the instant of the end. */
  also?: (client: Lane['client'], hold: Hold, nowMs: number) => Promise<unknown>;
}

export type Close = (hold: Hold, states: ReadonlyMap<string, ExposureState>, writes: Writes) => void;

const missing = () => new BraidError('not_found', 'There is no such hold.');

/**
 * Ends one hold under the locks of everything it holds, or where null is `wanted` changes it. A hold belongs to the caller that
 * made it; somebody else's is not found. Asking again for the end it already has changes nothing, is told as it stands, and
 * calls `again`; an expired or otherwise ended one is `hold.closed`.
 */
export function withHold(
  ctx: Ctx,
  holdId: string,
  wanted: HoldState | null,
  close: Close,
  { again, anyones = false, also, late }: Options = {},
): Promise<HoldRow> {
  let closed: BraidError | null = null;
  return inTransaction<HoldRow>(async (lane, attempt) => {
    const [before] = await readHolds(lane.client, [holdId]);
    const owner = ctx.actor.kind === 'token' && !anyones ? ctx.actor.id : null;
    if (!before || (owner && before.tokenId !== owner)) throw missing();
    const ids = [...new Set(before.lines.map((line) => line.exposureId))].sort();
    const begun = attempt.begin();
    const rows = lockRows(lane, ids);
    const now = lane.client.query<{ now: Date }>(`select date_trunc('milliseconds', clock_timestamp()) as now`);
    await together([begun, rows, now]);
    await attempt.ready();
    const states = await load(lane, await rows);
    const [hold] = await readHolds(lane.client, [holdId]);
    const nowMs = Math.max(
      (await now).rows[0]!.now.getTime(),
      ...[...states.values()].map((state) => state.updatedMs ?? 0),
    );
    const writes = noWrites(nowMs);
    if (hold!.state === wanted) {
      await lane.client.query('rollback');
      again?.();
      return (await holdById(holdId))!;
    }
    if (hold!.state !== 'held' && !late) throw new BraidError('hold.closed', `This hold is ${hold!.state}.`);
    for (const state of states.values())
      writes.records.push(...advance(state, nowMs, state.windowSecs).map((entry) => ({ entry })));
    if (hold!.state !== 'held') {
      late!(hold!, states, writes);
    } else if (hold!.expiresMs <= nowMs) {
      expireHold(hold!, states, writes);
      if (late) late(hold!, states, writes);
      else if (wanted !== 'expired') closed = new BraidError('hold.closed', 'This hold has expired.');
    } else {
      close(hold!, states, writes);
      await also?.(lane.client, hold!, nowMs);
    }
    writes.states = [...states.values()];
    writes.hints = collectHints({ exposure: ids }, sendHints);
    const result = rowOf(hold!, nowMs);
    attempt.deciding(result, undefined);
    await commit(lane, writes, attempt.sent);
    keep(lane, states.values(), nowMs);
    return result;
  }).then((row) => {
    if (closed) throw closed;
    return row;
  });
}

const rowOf = (hold: Hold, closedMs: number): HoldRow => ({
  id: hold.id,
  decisionId: hold.decisionId,
  kind: hold.kind,
  state: hold.state,
  createdAt: new Date(hold.createdMs).toISOString(),
  expiresAt: new Date(hold.expiresMs).toISOString(),
  closedAt: hold.state === 'held' ? null : new Date(closedMs).toISOString(),
  lines: hold.lines.map(({ exposureId, amount, settled, attribute }) => ({
    exposureId,
    amount: amount.toString(),
    settled: settled.toString(),
    attribute,
  })),
});
