import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { readTrace, readTraces } from '@/lib/decisions/read-traces';
import { giveBackUse } from '@/lib/exposures/approvals/store';
import { closeHold } from '@/lib/exposures/close';
import { commit } from '@/lib/exposures/commit/store';
import { collectHints } from '@/lib/exposures/hints';
import { type Attempting, inTransaction, sendHints } from '@/lib/exposures/in-transaction';
import { type Lane, together } from '@/lib/exposures/lane/store';
import { allowsSince, type CountedRow, countedBy, traceOf } from '@/lib/exposures/ledger/counted';
import { takeKey } from '@/lib/exposures/ledger/keys';
import { lockRows } from '@/lib/exposures/ledger/lock-rows';
import { keep, load, readHolds } from '@/lib/exposures/ledger/store';
import { giveBackValue } from '@/lib/exposures/members-state';
import type { ExposureState } from '@/lib/exposures/model';
import { advance, giveBack } from '@/lib/exposures/state';
import { noWrites } from '@/lib/exposures/writes';
import { type PastSets, pastSets } from '@/lib/replay/past-sets';
import { valuesOf } from '@/lib/replay/values-of';

interface Withdrawing {
  decisionId: string;
  holdId?: string | undefined;
}

/**
 * Gives back what an allow counted at once, the values it brought, what it holds and the use of an approval that it spent,
 * because its caller hung up before the first byte of the answer and can't have acted on it. Answers how many exposures and
 * approvals it moved: none when a retry has been given the same answer (which then keeps the hold as well), when it was given
 * back before, or when it has left the window. A retry afterwards is decided anew.
 */
export function withdraw(ctx: Ctx, withdrawing: Withdrawing): Promise<number> {
  authorise(ctx, 'decision.ask');
  return inTransaction<number>(async (lane, attempt) => {
    const { client } = lane;
    const { decisionId, holdId } = withdrawing;
    const stored = await traceOf(client, decisionId);
    if (stored === null) return 0;
    const trace = await readTrace(stored);
    if (trace.dryRun || trace.verdict !== 'allow') return 0; // it counted and spent nothing
    const counted = await countedBy(client, trace);
    const readHold = async () =>
      (await readHolds(client, holdId ? [holdId] : [])).find((hold) => hold.decisionId === decisionId);
    const lines = (await readHold())?.lines ?? [];
    const touched = [...counted.map((one) => one.exposure_id), ...lines.map((line) => line.exposureId)];
    if (!touched.length && !trace.approval) return 0;
    const sets = pastSets();
    const values = (await valuesOf([trace], sets)).get(decisionId)!;
    const since: Since = { client, counted, values, decisionId, sets };
    // The policy sets its later requests were judged by are read here, not while rows are locked.
    await usedSince(since);
    const ids = [...new Set(touched)].sort();
    await attempt.begin();
    // Keys are locked behind exposures, as decisions do.
    const { states, nowMs } = await lockAll(lane, attempt, ids);
    if (!(await takeKey(client, decisionId, ids))) {
      await client.query('rollback');
      return 0;
    }
    const writes = noWrites(nowMs);
    for (const state of states.values())
      writes.records.push(...advance(state, nowMs, state.windowSecs).map((entry) => ({ entry })));
    const kept = await usedSince(since);
    const given = counted
      .filter((one) => !kept.has(one.exposure_id))
      .flatMap((one) => back(states.get(one.exposure_id)!, nowMs, one, { decisionId, values }));
    writes.records.push(...given.map((entry) => ({ entry })));
    let moved = given.length;
    const hold = await readHold();
    if (hold?.state === 'held' && hold.expiresMs > nowMs) {
      moved += hold.lines.length;
      closeHold(hold, 'release', () => 0n, states, writes);
    }
    if (trace.approval && (await giveBackUse(client, trace.approval.id, { decisionId, actor: ctx.actor }))) moved += 1;
    writes.states = [...states.values()];
    writes.hints = collectHints({ exposure: ids }, sendHints);
    attempt.deciding(moved, undefined);
    await commit(lane, writes, attempt.sent);
    keep(lane, states.values(), nowMs);
    return moved;
  });
}

async function lockAll(lane: Lane, attempt: Attempting<number>, ids: string[]) {
  const rows = lockRows(lane, ids);
  const now = lane.client.query<{ now: Date }>(`select date_trunc('milliseconds', clock_timestamp()) as now`);
  await together([rows, now]);
  await attempt.ready();
  const states = await load(lane, await rows);
  const written = [...states.values()].map((state) => state.updatedMs ?? 0);
  return { states, nowMs: Math.max((await now).rows[0]!.now.getTime(), ...written) };
}

type Values = ReadonlyMap<string, string>;

function back(
  state: ExposureState,
  nowMs: number,
  one: CountedRow,
  { decisionId, values }: { decisionId: string; values: Values },
) {
  const who = { sessionId: one.session_id!, identityId: one.identity_id, decisionId, holdId: null };
  const member = values.get(one.exposure_id);
  return member === undefined
    ? giveBack(state, nowMs, one.at.getTime(), one.settled, who)
    : giveBackValue(state, nowMs, one.at.getTime(), member, who);
}

const MAX_LATER = 200;

interface Since {
  client: Lane['client'];
  counted: CountedRow[];
  values: Values;
  decisionId: string;
  sets: PastSets;
}

/** Exposures of which the same session was allowed the same value again since: it counts on for that. */
async function usedSince({ client, counted, values, decisionId, sets }: Since): Promise<ReadonlySet<string>> {
  const [first] = counted.filter((one) => values.has(one.exposure_id));
  if (!first) return new Set();
  const later = await allowsSince(client, { sessionId: first.session_id!, at: first.at, decisionId }, MAX_LATER + 1);
  if (later.length > MAX_LATER) return new Set(values.keys());
  const also = await valuesOf(await readTraces(later), sets);
  return new Set(
    [...values].flatMap(([id, value]) => ([...also.values()].some((one) => one.get(id) === value) ? id : [])),
  );
}
