import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { commit } from '@/lib/exposures/commit/store';
import { collectHints } from '@/lib/exposures/hints';
import { inTransaction, sendHints } from '@/lib/exposures/in-transaction';
import { together } from '@/lib/exposures/lane/store';
import { takeKey } from '@/lib/exposures/ledger/keys';
import { countedBy, keep, load, lockRows } from '@/lib/exposures/ledger/store';
import { advance, giveBack } from '@/lib/exposures/state';
import { noWrites } from '@/lib/exposures/writes';

/**
 * Gives back what an allow counted at once, because its caller hung up before the first byte of the answer and can't have
 * acted on it. Answers how many exposures it moved: none when a retry has been given the same answer, when it was given
 * back before, or when it has left the window. A retry afterwards is decided anew.
 */
export function withdraw(ctx: Ctx, { decisionId }: { decisionId: string }): Promise<number> {
  authorise(ctx, 'decision.ask');
  return inTransaction<number>(async (lane, attempt) => {
    const { client } = lane;
    const counted = await countedBy(client, decisionId);
    if (!counted.length) return 0;
    const ids = [...new Set(counted.map((one) => one.exposure_id))].sort();
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
    writes.states = [...states.values()];
    writes.hints = collectHints({ exposure: ids }, sendHints);
    attempt.deciding(moved, undefined);
    await commit(lane, writes, attempt.sent);
    keep(lane, states.values(), nowMs);
    return moved;
  });
}
