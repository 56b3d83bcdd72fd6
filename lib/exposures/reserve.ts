import type pg from 'pg';
import type { Item, Job, Outcome } from '@/lib/decisions/request-model';
import { expireHold } from '@/lib/exposures/close';
import { commit } from '@/lib/exposures/commit/store';
import { collectHints } from '@/lib/exposures/hints';
import { type Attempting, inTransaction, sendHints } from '@/lib/exposures/in-transaction';
import { type Ground, judgeItem, keyOf, LockMore, NO_TOKEN, questionOf } from '@/lib/exposures/judge';
import { type Lane, together } from '@/lib/exposures/lane/store';
import { claimKeys, createRows, type KeyRow, keep, load, lockRows, readHolds } from '@/lib/exposures/ledger/store';
import { type Asking, compiledSets, type Prepared, prepare } from '@/lib/exposures/prepare';
import { advance } from '@/lib/exposures/state';
import { ACTIVE_SETS, readIdentities, readSessions, type SetRow, stateQueries } from '@/lib/exposures/who/store';
import { noWrites } from '@/lib/exposures/writes';
import type { CompiledSet, IdentitySeen, SessionSeen, Touch } from '@/lib/policies/compiled-model';
import { touch } from '@/lib/policies/touch';

/**
 * Decides a batch in one transaction and commits before it answers: find who asks, create and lock the union of touched
 * rows in one sorted order, read sets, identities and sessions behind the locks, bring windows and holds up to now, judge
 * each item on the running totals, write, commit. Throws `state_unavailable` when the database can't be reached.
 */
export function reserve(jobs: Job[]): Promise<Outcome[][]> {
  const also: Also = { touches: [], exposureIds: [] };
  return inTransaction(
    (lane, attempt) => decideAll(lane, jobs, also, attempt),
    (error) => {
      if (!(error instanceof LockMore)) return false;
      also.touches.push(...error.touches);
      also.exposureIds.push(...error.exposureIds);
      return true;
    },
  );
}

/** Rows an earlier attempt found it needs beside those it had locked. */
interface Also {
  touches: Touch[];
  exposureIds: string[];
}

type Attempt = Attempting<Outcome[][]>;

async function decideAll(lane: Lane, jobs: Job[], also: Also, attempt: Attempt): Promise<Outcome[][]> {
  const prepared = await prepare(
    lane.client,
    jobs.flatMap((job) => job.items),
  );
  const sets = await compiledSets(lane.client, prepared.sets);
  const identities = await identitiesOf(lane.client, prepared.asking);
  const touches = [...also.touches, ...touchesBefore(prepared, sets, identities)];
  const ids = [...new Set([...touches.map((one) => one.exposureId), ...also.exposureIds])].sort();
  const keys = keysOf(prepared.asking, touches.length > 0);

  const locked = await lockAndRead(lane, attempt, { prepared, touches, ids, keys, sets });
  const ground = await groundOf(lane, locked, sets, prepared);
  bringUpToNow(ground, touches);
  await expireDue(lane.client, ground);

  const asking = new Map(prepared.asking.map((one) => [one.item, one]));
  const outcomes = jobs.map((job) => judgeJob(job, asking, ground));
  await write(lane, ground, outcomes, attempt);
  return outcomes;
}

/** Identities as last seen: good enough to guess which rows a request touches. What is decided on is read behind the locks. */
const lastSeen = new Map<string, IdentitySeen>();
const MAX_SEEN = 20_000;

async function identitiesOf(client: pg.Client, asking: Asking[]): Promise<Map<string, IdentitySeen>> {
  const missing = [...new Set(asking.map((one) => one.identityId).filter((id) => !lastSeen.has(id)))];
  if (missing.length) {
    if (lastSeen.size > MAX_SEEN) lastSeen.clear();
    const read = readIdentities(await client.query(stateQueries.identities(missing)));
    for (const [id, identity] of read) lastSeen.set(id, identity);
  }
  return lastSeen;
}

const draft = (
  sets: CompiledSet[],
  identities: Map<string, IdentitySeen>,
  sessions: Map<string, SessionSeen>,
): Ground => ({
  nowMs: 0,
  sets,
  identities,
  sessions,
  workflowSessions: new Map(),
  states: new Map(),
  keys: new Map(),
  holds: new Map(),
  writes: noWrites(0),
});

/** The rows the items will touch, as far as can be told before the locks. A wrong guess is put right by another attempt. */
function touchesBefore(prepared: Prepared, sets: CompiledSet[], identities: Map<string, IdentitySeen>): Touch[] {
  const guess = draft(sets, identities, new Map(prepared.sessions));
  return prepared.asking.flatMap((asking) => {
    if (asking.item.spooledAt) return [];
    if (!guess.sessions.has(asking.sessionId)) guess.sessions.set(asking.sessionId, unseen(asking));
    return touch(questionOf(asking, guess)).touches;
  });
}

const unseen = ({ identityId, sessionId }: Asking): SessionSeen => ({
  id: sessionId,
  identityId,
  label: '',
  source: 'pdp',
  observedBy: 'declared',
  kind: 'api',
  state: 'live',
  startedMs: 0,
  lastEventMs: 0,
  liveUntilMs: null,
  ended: false,
  network: null,
  region: null,
  device: null,
  runtime: null,
  agent: null,
  key: null,
  tags: [],
  task: null,
  scope: null,
});

/** Keys worth claiming: those a caller named, and request ids where something is counted. Looking only claims nothing. */
function keysOf(asking: Asking[], metered: boolean) {
  const claims = new Map<string, { tokenId: string; key: string; bodyHash: Buffer; decisionId: string }>();
  for (const { item } of asking) {
    if (!item.idempotency || item.braid.dry_run || item.spooledAt) continue;
    if (!item.idempotency.explicit && !metered) continue;
    const tokenId = item.tokenId ?? NO_TOKEN;
    const { key, bodyHash } = item.idempotency;
    const name = keyOf(tokenId, key);
    if (!claims.has(name)) claims.set(name, { tokenId, key, bodyHash, decisionId: item.decisionId });
  }
  return [...claims.values()];
}

interface ToLock {
  prepared: Prepared;
  touches: Touch[];
  ids: string[];
  keys: ReturnType<typeof keysOf>;
  sets: CompiledSet[];
}

/** One round trip: begin, claim, create, lock, and behind the locks read what everything is judged on. */
async function lockAndRead(lane: Lane, attempt: Attempt, { prepared, touches, ids, keys, sets }: ToLock) {
  const { client } = lane;
  const identityIds = [...new Set(prepared.asking.map((one) => one.identityId))].sort();
  const sessionIds = [...new Set(prepared.asking.map((one) => one.sessionId))].sort();
  const perWorkflow = sets.some((set) =>
    set.meters.some((meter) => meter.kind === 'live_sessions' && meter.scope === 'workflow.id'),
  );
  const none = Promise.resolve({ rows: [] as Record<string, unknown>[] });
  const begun = attempt.begin();
  const [claimed, keyRows] = keys.length ? claimKeys(client, keys) : [none, Promise.resolve({ rows: [] as KeyRow[] })];
  const created = createRows(lane, touches);
  const rows = lockRows(client, ids);
  const now = client.query<{ now: Date }>({
    name: 'now',
    text: `select date_trunc('milliseconds', clock_timestamp()) as now`,
  });
  const active = client.query<SetRow>(ACTIVE_SETS);
  const identities = client.query(stateQueries.identities(identityIds));
  const sessions = client.query(stateQueries.sessions(identityIds, sessionIds));
  const workflows = perWorkflow ? client.query(stateQueries.workflowSessions(identityIds)) : none;
  await together([begun, claimed, keyRows, ...created, rows, now, active, identities, sessions, workflows]);
  return {
    keys: (await keyRows).rows,
    rows: (await rows).rows,
    now: (await now).rows[0]!.now,
    active: (await active).rows,
    identities: readIdentities(await identities),
    sessions: readSessions(await sessions),
    workflows: (await workflows).rows as Record<string, unknown>[],
    workflowResult: (await workflows) as pg.QueryResult,
  };
}

type Locked = Awaited<ReturnType<typeof lockAndRead>>;

const hashes = (sets: { hash: string; version: number }[]): string =>
  sets.map((set) => `${set.hash}/${set.version}`).join();

async function groundOf(lane: Lane, locked: Locked, sets: CompiledSet[], prepared: Prepared): Promise<Ground> {
  const { client } = lane;
  // Another version became active meanwhile: it binds.
  const binding = hashes(locked.active) === hashes(prepared.sets) ? sets : await compiledSets(client, locked.active);
  const states = await load(lane, locked.rows);
  for (const [id, identity] of locked.identities) lastSeen.set(id, identity);
  // Never behind what was already written to these rows, even if the server's clock was set back.
  const nowMs = Math.max(
    locked.now.getTime(),
    ...locked.rows.filter((row) => row.version > 0n).map((row) => row.updated_at.getTime()),
  );
  const stored = locked.keys.flatMap((row) => /"hold_id":"([0-9a-f-]{36})"/.exec(row.response)?.[1] ?? []);
  const holds = await readHolds(client, stored);
  const workflowSessions = new Map<string, SessionSeen[]>();
  const members = readSessions(locked.workflowResult);
  locked.workflows.forEach((row, index) => {
    const id = row.workflow_id as string;
    workflowSessions.set(id, [...(workflowSessions.get(id) ?? []), members[index]!]);
  });
  return {
    nowMs,
    sets: binding,
    identities: locked.identities,
    sessions: new Map(locked.sessions.map((session) => [session.id, session])),
    workflowSessions,
    states,
    keys: new Map(locked.keys.map((row) => [keyOf(row.token_id, row.key), row])),
    holds: new Map(holds.map((hold) => [hold.id, hold])),
    writes: noWrites(nowMs),
  };
}

/** Drops what has left the windows. A lease's or approval's own ledger counts for as long as it would have been held. */
function bringUpToNow(ground: Ground, touches: Touch[]): void {
  const spans = new Map(touches.map(({ exposureId, meter }) => [exposureId, meter.windowSecs ?? meter.holdSecs]));
  for (const state of ground.states.values()) {
    const counted = state.kind === 'sum' || state.kind === 'count';
    const span = counted ? state.windowSecs : (spans.get(state.id) ?? null);
    ground.writes.records.push(...advance(state, ground.nowMs, span).map((entry) => ({ entry })));
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

/** Items in order; those after a short circuit are not decided. */
function judgeJob(job: Job, all: ReadonlyMap<Item, Asking>, ground: Ground): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const item of job.items) {
    const outcome = judgeItem(all.get(item)!, ground);
    outcomes.push(outcome);
    const allowed = outcome.kind === 'decided' && outcome.answer.decision;
    if (job.semantic === 'deny_on_first_deny' && !allowed) break;
    if (job.semantic === 'permit_on_first_permit' && allowed) break;
  }
  return outcomes;
}

async function write(lane: Lane, ground: Ground, outcomes: Outcome[][], attempt: Attempt): Promise<void> {
  const { writes } = ground;
  writes.states = [...ground.states.values()];
  const moved = writes.states.filter((state) => state.dirty).map((state) => state.id);
  const decisions = writes.records.flatMap((record) => ('decision' in record ? record.decision.id : []));
  const sessions = writes.touched.map((one) => one.session.id);
  writes.hints = collectHints({ decision: decisions, exposure: moved, session: sessions }, sendHints);
  attempt.deciding(outcomes, decisions[0]);
  await commit(lane, writes);
  keep(lane, ground.states.values());
}
