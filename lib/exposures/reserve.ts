import type pg from 'pg';
import type { Item, Job, Outcome } from '@/lib/decisions/request-model';
import { approvalsOf } from '@/lib/exposures/approval';
import { countUses, lockApprovals } from '@/lib/exposures/approvals/store';
import { bindingOf, expectedOf, sessionsAt } from '@/lib/exposures/binding';
import { expireHold } from '@/lib/exposures/close';
import { commit } from '@/lib/exposures/commit/store';
import { foresee } from '@/lib/exposures/foresee';
import { collectHints } from '@/lib/exposures/hints';
import { type Attempting, inTransaction, sendHints } from '@/lib/exposures/in-transaction';
import { claimed, judgeItem, keyOf, LockMore } from '@/lib/exposures/judge';
import { type Lane, together } from '@/lib/exposures/lane/store';
import { type Claim, type KeyRow, lockKeys, loggedAllows, NO_TOKEN, newKey } from '@/lib/exposures/ledger/keys';
import { lockRows } from '@/lib/exposures/ledger/lock-rows';
import { endedSessions } from '@/lib/exposures/ledger/members';
import { createRows, keep, load, readHolds } from '@/lib/exposures/ledger/store';
import { insertTold, readTold } from '@/lib/exposures/ledger/told';
import { type Asking, activeSets, forget, type Prepared, prepare, Stale } from '@/lib/exposures/prepare';
import type { Ground } from '@/lib/exposures/question-of';
import { regrow } from '@/lib/exposures/regrow';
import { advance } from '@/lib/exposures/state';
import { afterCommit, dueSessions } from '@/lib/exposures/touch/store';
import { addSessions, bindingQueries } from '@/lib/exposures/who/beyond';
import { readBinding } from '@/lib/exposures/who/read-binding';
import { endedTasks, tasksOf } from '@/lib/exposures/who/tasks';
import { noWrites } from '@/lib/exposures/writes';
import type { CompiledSet, SessionSeen, Touch } from '@/lib/policies/compiled-model';
import { countsShared, type SharedPool, sharedPool } from '@/lib/policies/live-evaluate';
import { withFormer } from '@/lib/policies/touch';

/**
 * Decides a batch in one transaction and commits before it answers: find who asks, create and lock the union of touched
 * rows in one sorted order, read sets, identities and sessions behind the locks, bring windows and holds up to now, judge
 * each item on the running totals, write, commit. `sent`: the commit is on its way, another batch may come. Throws
 * `state_unavailable` when the database can't be reached.
 */
export function reserve(jobs: Job[], sent?: () => void): Promise<Outcome[][]> {
  const also: Also = { touches: [], exposureIds: [] };
  const again = (error: unknown): boolean => {
    if (error instanceof Stale) return true;
    if (!(error instanceof LockMore)) return false;
    also.touches.push(...error.touches);
    also.exposureIds.push(...error.exposureIds);
    return true;
  };
  return inTransaction((lane, attempt) => decideAll(lane, jobs, also, attempt), { again, sent });
}

/** Rows an earlier attempt found it needs beside those it had locked. */
interface Also {
  touches: Touch[];
  exposureIds: string[];
}

type Attempt = Attempting<Outcome[][]>;

async function decideAll(lane: Lane, jobs: Job[], also: Also, attempt: Attempt): Promise<Outcome[][]> {
  const items = jobs.flatMap((job) => job.items);
  const prepared = await prepare(lane, items);
  const sets = await activeSets(lane);
  const touches = withFormer([...also.touches, ...(await foresee(lane, prepared, sets))]);
  const ids = [...new Set([...touches.map((one) => one.exposureId), ...also.exposureIds])].sort();
  const keys = keysOf(prepared.asking, touches.length > 0);

  const locked = await lockAndRead(lane, attempt, { prepared, touches, ids, keys, sets });
  await attempt.ready();
  const ground = await groundOf(lane, locked, prepared);
  for (const entry of await regrow(lane.client, { ...ground, touches, foreign: ground.sets !== sets }))
    ground.writes.records.push({ entry });
  bringUpToNow(ground, touches, await endedSessions(lane.client, ground.states.values()));
  await expireDue(lane.client, ground);

  const asking = new Map(prepared.asking.map((one) => [one.item, one]));
  const more: Touch[] = [];
  const outcomes = jobs.map((job) => judgeJob(job, asking, ground, more));
  if (more.length) throw new LockMore(more);
  await write(lane, ground, outcomes, attempt);
  return outcomes;
}

/** Keys worth keeping: those a caller named, and request ids where something is counted. Looking only keeps none. */
function keysOf(asking: Asking[], metered: boolean): Claim[] {
  const claims = new Map<string, Claim>();
  for (const { item } of asking) {
    const claim = claimed(item);
    if (!claim || (!claim.explicit && !metered && !item.approvalId)) continue;
    const tokenId = item.tokenId ?? NO_TOKEN;
    const { key, bodyHash } = claim;
    const name = keyOf(tokenId, key);
    if (!claims.has(name)) claims.set(name, { tokenId, key, bodyHash });
  }
  return [...claims.values()];
}

interface ToLock {
  prepared: Prepared;
  touches: Touch[];
  ids: string[];
  keys: Claim[];
  sets: CompiledSet[];
}

/** One round trip: begin, create, lock, and behind the locks read what everything is judged on. */
async function lockAndRead(lane: Lane, attempt: Attempt, { prepared, touches, ids, keys, sets }: ToLock) {
  const { client } = lane;
  const carried = [...new Set(prepared.asking.flatMap(({ item }) => item.approvalId ?? []))];
  const identityIds = [...new Set(prepared.asking.map((one) => one.identityId))].sort();
  const perWorkflow = countWorkflows(sets);
  const pools = poolsOf(sets, touches);
  const nobody = Promise.resolve({ rows: [] } as unknown as pg.QueryResult);
  const sent = client.pack(() => {
    const begun = attempt.begin();
    return {
      begun,
      created: Promise.all(createRows(lane, touches)),
      rows: lockRows(lane, ids),
      // Behind the exposures: what the same request came to elsewhere is stored by then.
      keyRows: keys.length ? lockKeys(client, keys) : (nobody as Promise<pg.QueryResult<KeyRow>>),
      approvals: carried.length ? lockApprovals(client, carried) : null,
      binding: readBinding(client, prepared.taken, expectedOf(lane.known, identityIds)),
      workflows: perWorkflow ? client.query(bindingQueries.workflowSessions(identityIds)) : nobody,
      shared: pools.size ? client.query(bindingQueries.sharedSessions([...pools.values()])) : nobody,
    };
  });
  await together(Object.values(sent).filter((one) => one !== null));
  const moment = await sent.binding;
  return {
    keys: new Map(
      [...keys.map(newKey), ...(await sent.keyRows).rows].map((row) => [keyOf(row.token_id, row.key), row]),
    ),
    rows: await sent.rows,
    approvals: sent.approvals && approvalsOf((await sent.approvals).rows),
    moment,
    workflows: await sent.workflows,
    shared: await sent.shared,
    perWorkflow,
    pools,
  };
}

/** Whether a meter counts the live sessions of whole workflows: they are read only then. */
const countWorkflows = (sets: CompiledSet[]): boolean =>
  sets.some((set) => set.meters.some((meter) => meter.kind === 'live_sessions' && meter.scope.includes('workflow.id')));

const NO_POOLS: ReadonlyMap<string, SharedPool> = new Map();

/** Whose sessions count across identities; read only where a meter counts so. */
function poolsOf(sets: CompiledSet[], touches: Touch[]): ReadonlyMap<string, SharedPool> {
  if (!sets.some((set) => set.meters.some(countsShared))) return NO_POOLS;
  return new Map(touches.flatMap((one) => sharedPool(one) ?? []).map((pool) => [pool.id, pool]));
}

type Locked = Awaited<ReturnType<typeof lockAndRead>>;

async function groundOf(lane: Lane, locked: Locked, prepared: Prepared): Promise<Ground> {
  const { client, known } = lane;
  const { moved } = locked.moment;
  if (moved) forget(known, prepared.asking);
  const binding = moved ? null : await bindingOf(lane, locked.moment.identities, prepared);
  if (!binding) throw new Stale('what was known of who asks is past');
  // Another version became active meanwhile: it binds.
  const sets = await activeSets(lane, locked.moment.sets ?? '');
  if (countWorkflows(sets) && !locked.perWorkflow) throw new Stale('sessions of workflows count since just now');
  const states = await load(lane, locked.rows);
  // Never behind what was already written to these rows, even if the server's clock was set back.
  const nowMs = Math.max(locked.moment.now.getTime(), ...[...states.values()].map((state) => state.updatedMs ?? 0));
  const answered = [...locked.keys.values()].filter((row) => row.response !== '');
  const stored = answered.flatMap((row) => /"hold_id":"([0-9a-f-]{36})"/.exec(row.response)?.[1] ?? []);
  const [holds, logged] = await together([readHolds(client, stored), loggedAllows(client, answered)]);
  const told = await readTold(
    client,
    prepared.asking.map((one) => one.item),
  );
  for (const row of answered) row.logged = logged.get(row.decision_id);
  const workflowSessions = new Map<string, SessionSeen[]>();
  addSessions(locked.workflows, workflowSessions);
  for (const id of locked.pools.keys()) workflowSessions.set(id, []);
  addSessions(locked.shared, workflowSessions);
  return {
    nowMs,
    sets,
    zonesOf: known.sets?.zonesOf ?? null,
    identities: binding.identities,
    ...sessionsAt(known, binding, prepared),
    workflowSessions,
    pools: locked.pools,
    states,
    keys: locked.keys,
    holds: new Map(holds.map((hold) => [hold.id, hold])),
    ...(locked.approvals ? { approvals: locked.approvals } : {}),
    ...(told ? { told } : {}),
    endedTasks: await endedTasks(client, tasksOf(known, prepared.asking)),
    writes: noWrites(nowMs),
  };
}

/** Drops what has left the windows. A lease's or approval's own ledger counts for as long as it would have been held. */
function bringUpToNow(ground: Ground, touches: Touch[], ended: ReadonlySet<string>): void {
  const spans = new Map(touches.map(({ exposureId, meter }) => [exposureId, meter.windowSecs ?? meter.holdSecs]));
  for (const state of ground.states.values()) {
    const counted = state.kind === 'sum' || state.kind === 'count' || state.kind === 'distinct';
    const span = counted ? state.windowSecs : (spans.get(state.id) ?? null);
    for (const entry of advance(state, ground.nowMs, span, ended)) ground.writes.records.push({ entry });
  }
}

async function expireDue(client: pg.Client, ground: Ground): Promise<void> {
  const due = new Set<string>();
  for (const state of ground.states.values())
    for (const line of state.lines.values()) if (line.expiresMs <= ground.nowMs) due.add(line.holdId);
  const holds = await readHolds(client, [...due]);
  const elsewhere = holds
    .flatMap((hold) => hold.lines.map((line) => line.exposureId))
    .filter((id) => !ground.states.has(id));
  if (elsewhere.length) throw new LockMore([], elsewhere);
  for (const hold of holds) {
    if (hold.state !== 'held') continue;
    expireHold(hold, ground.states, ground.writes);
    ground.holds.set(hold.id, hold);
  }
}

/** Items in order; those after a short circuit are not decided. Rows that turn out to be missing are collected in `more`: all of them at once. */
function judgeJob(job: Job, all: ReadonlyMap<Item, Asking>, ground: Ground, more: Touch[]): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const item of job.items) {
    const outcome = judgeOr(all.get(item)!, ground, more);
    if (!outcome) continue;
    outcomes.push(outcome);
    const allowed = outcome.kind === 'decided' && outcome.verdict === 'allow';
    if (job.semantic === 'deny_on_first_deny' && !allowed) break;
    if (job.semantic === 'permit_on_first_permit' && allowed) break;
  }
  return outcomes;
}

function judgeOr(asking: Asking, ground: Ground, more: Touch[]): Outcome | null {
  try {
    return judgeItem(asking, ground);
  } catch (error) {
    if (!(error instanceof LockMore)) throw error;
    more.push(...error.touches);
    return null;
  }
}

async function write(lane: Lane, ground: Ground, outcomes: Outcome[][], attempt: Attempt): Promise<void> {
  const { writes } = ground;
  writes.states = [...ground.states.values()];
  const moved = writes.states.filter((state) => state.dirty).map((state) => state.id);
  const decisions = writes.records.flatMap((record) => ('decision' in record ? record.decision.id : []));
  const sessions = [...writes.touched.keys()];
  writes.hints = collectHints({ decision: decisions, exposure: moved, session: sessions }, sendHints);
  writes.sessions = dueSessions(writes);
  if (ground.approvals?.used.size) await countUses(lane.client, ground.approvals.used);
  if (writes.told.length && !(await insertTold(lane.client, writes.told))) throw new Stale('told elsewhere meanwhile');
  const stands = () => afterCommit(lane, writes);
  attempt.deciding(outcomes, decisions[0], stands);
  await commit(lane, writes, attempt.sent);
  keep(lane, ground.states.values(), writes.nowMs);
  stands();
}
