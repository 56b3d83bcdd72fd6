import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { closeHold } from '@/lib/exposures/close';
import { commit } from '@/lib/exposures/commit/store';
import { collectHints } from '@/lib/exposures/hints';
import { inTransaction, sendHints } from '@/lib/exposures/in-transaction';
import { together } from '@/lib/exposures/lane/store';
import { takeKey } from '@/lib/exposures/ledger/keys';
import { countedBy, keep, load, lockRows, readHolds } from '@/lib/exposures/ledger/store';
import { advance, giveBack } from '@/lib/exposures/state';
import { noWrites } from '@/lib/exposures/writes';

/**
 * Gives back what an allow counted at once and what it holds, because its caller hung up before the first byte of the answer
 * and can't have acted on it. Answers how many exposures it moved: none when a retry has been given the same answer (which
 * then keeps the hold as well), when it was given back before, or when it has left the window. A retry afterwards is decided
 * anew.
 */
export function withdraw(
  ctx: Ctx,
  { decisionId, holdId }: { decisionId: string; holdId?: string | undefined },
): Promise<number> {
  authorise(ctx, 'decision.ask');
  return inTransaction<number>(async (lane, attempt) => {
    const { client } = lane;
    const counted = await countedBy(client, decisionId);
    const readHold = async () =>
      (await readHolds(client, holdId ? [holdId] : [])).find((hold) => hold.decisionId === decisionId);
    const lines = (await readHold())?.lines ?? [];
    const touched = [...counted.map((one) => one.exposure_id), ...lines.map((line) => line.exposureId)];
    if (!touched.length) return 0;
    const ids = [...new Set(touched)].sort();
    await attempt.begin();
    // Keys are locked before exposures, as decisions do.
    if (!(await takeKey(client, decisionId, ids))) {
      await client.query('rollback');
      return 0;
    }
    const rows = lockRows(client, ids);
    const now = client.query<{ now: Date }>(`select date_trunc('milliseconds', clock_timestamp()) as now`);
    await together([rows, now]);
    await attempt.ready();
    const states = await load(lane, (await rows).rows);
    const nowMs = Math.max(
      (await now).rows[0]!.now.getTime(),
      ...[...states.values()].map((state) => state.updatedMs ?? 0),
    );
    const writes = noWrites(nowMs);
    for (const state of states.values())
      writes.records.push(...advance(state, nowMs, state.windowSecs).map((entry) => ({ entry })));
    let moved = 0;
    for (const one of counted) {
      const who = { sessionId: one.session_id!, identityId: one.identity_id, decisionId, holdId: null };
      const entries = giveBack(states.get(one.exposure_id)!, nowMs, one.at.getTime(), one.settled, who);
      moved += entries.length;
      writes.records.push(...entries.map((entry) => ({ entry })));
    }
    const hold = await readHold();
    if (hold?.state === 'held' && hold.expiresMs > nowMs) {
      moved += hold.lines.length;
      closeHold(hold, 'release', () => 0n, states, writes);
    }
    writes.states = [...states.values()];
    writes.hints = collectHints({ exposure: ids }, sendHints);
    attempt.deciding(moved, undefined);
    await commit(lane, writes, attempt.sent);
    keep(lane, states.values(), nowMs);
    return moved;
  });
}
