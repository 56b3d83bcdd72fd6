import { expandTrace } from '@/lib/decisions/expand-trace';
import { type Answer, braidSchema, type Item } from '@/lib/decisions/request-model';
import { approvalsOf, boundMembers } from '@/lib/exposures/approval';
import { closeHold, expireHold } from '@/lib/exposures/close';
import { stateNow } from '@/lib/exposures/former-state';
import { judgeItem } from '@/lib/exposures/judge';
import type { ApprovalRow, ExposureState, Hold } from '@/lib/exposures/model';
import type { Asking } from '@/lib/exposures/prepare';
import { type Ground, questionOf } from '@/lib/exposures/question-of';
import { advance, ownSums } from '@/lib/exposures/state';
import { noWrites } from '@/lib/exposures/writes';
import { BraidError } from '@/lib/platform/errors';
import type { ApprovalSeen, SessionSeen, Touch } from '@/lib/policies/compiled-model';
import { evaluate, type Judgement } from '@/lib/policies/evaluate';
import { touch, withFormer } from '@/lib/policies/touch';
import type { Judged, World, WorldAsk, WorldClosing } from '@/lib/replay/model';

// A world is what production keeps in the database: exposures and open holds. Requests are judged on it by the very
// functions that judge live ones. Nothing here reads a clock, a database or chance: same asks, same answers.

export const newWorld = (): World => ({ states: new Map(), holds: new Map(), holdOf: new Map(), valueOf: new Map() });

/** An exposure nothing has moved yet. */
export const emptyState = ({ set, meter, key, exposureId }: Touch): ExposureState => ({
  id: exposureId,
  set,
  meter: meter.name,
  kind: meter.kind,
  scope: meter.scope,
  key,
  unit: meter.unit,
  scale: meter.scale,
  windowSecs: meter.windowSecs,
  calendar: meter.calendar,
  settled: 0n,
  held: 0n,
  limit: null,
  ruleId: null,
  revision: 0n,
  version: 0n,
  identityIds: [],
  slices: new Map(),
  open: new Map(),
  lines: new Map(),
  sums: new Map(),
  names: new Map(),
  dirty: false,
  dirtySlices: new Set(),
  leftSlices: [],
});

const NO_HASH = Buffer.alloc(0);

const itemOf = (asked: WorldAsk): Item => {
  const braid = braidSchema.safeParse(asked.request.context.braid ?? {});
  if (!braid.success) throw new BraidError('input.invalid', 'context.braid can not be read.');
  const { idempotency_key: _key, ...said } = braid.data;
  return {
    decisionId: asked.decisionId,
    asked: asked.request,
    braid: asked.credentialId && !said.credential ? { ...said, credential: { id: asked.credentialId } } : said,
    issuer: '',
    tokenId: null,
    tokenName: '',
    requestId: null,
    idempotency: null,
    ...(asked.approval ? { approvalId: asked.approval.id } : {}),
    ...(asked.approvalId ? { approvalId: asked.approvalId } : {}),
    ...(asked.allotment ? { allotment: asked.allotment } : {}),
    ...(asked.toldMs === undefined ? {} : { told: { ref: asked.decisionId, atMs: asked.toldMs, bodyHash: NO_HASH } }),
    longest: asked.longest ?? 0,
    arrivedMs: 0,
    spooledAt: asked.unavailable ? new Date(asked.atMs).toISOString() : null,
  };
};

function groundOf(world: World, asked: WorldAsk): Ground {
  const sessions = new Map<string, SessionSeen>(asked.sessions.map((one) => [one.id, one]));
  sessions.set(asked.session.id, asked.session);
  const ids = asked.sessions.map((one) => one.id);
  return {
    nowMs: asked.atMs,
    sets: asked.sets,
    identities: new Map([[asked.identity.id, asked.identity]]),
    sessions,
    live: new Map([[asked.identity.id, ids.includes(asked.session.id) ? ids : [...ids, asked.session.id]]]),
    workflowSessions: asked.workflowSessions ?? new Map(),
    states: world.states,
    keys: new Map(),
    holds: world.holds,
    ...(asked.approval ? { approvals: approvalsOf([approvalRow(asked, asked.approval)]) } : {}),
    ...(asked.approvals ? { approvals: asked.approvals } : {}),
    ...(asked.endedTasks ? { endedTasks: asked.endedTasks } : {}),
    writes: noWrites(asked.atMs),
  };
}

/** It held for this very request when it was decided; what it is bound to and how often it was used is no question again. */
function approvalRow({ request, identity }: WorldAsk, approval: ApprovalSeen): ApprovalRow {
  const { subject, action, resource, context } = request;
  return {
    request_id: approval.id,
    approval_id: approval.id,
    issuer: '',
    identity_id: identity.id,
    subject,
    action,
    resource,
    context: { binds: null, members: boundMembers(context, null) },
    rules: approval.rules,
    uses: 1,
    used: 0,
    approved_until: new Date(approval.untilMs),
    withdrawn_at: null,
    answered_by: approval.approvedBy,
  };
}

/** Brings what a request touches up to its instant: what has left the windows, and holds whose time is over. */
function bringUpToNow(world: World, touches: Touch[], ground: Ground, ended?: ReadonlySet<string>): void {
  for (const one of touches) {
    const state = world.states.get(one.exposureId) ?? emptyState(one);
    world.states.set(one.exposureId, state);
    const { windowSecs, calendar } = one.meter;
    if (!calendar && !state.calendar && windowSecs && state.windowSecs && windowSecs < state.windowSecs)
      state.windowSecs = windowSecs;
    const counted = ['sum', 'count', 'distinct'].includes(state.kind);
    const span = counted ? state.windowSecs : (one.meter.windowSecs ?? one.meter.holdSecs);
    advance(state, ground.nowMs, span, ended);
    state.leftSlices = [];
    state.dirtySlices.clear();
  }
  const due = new Set<string>();
  for (const one of touches)
    for (const line of world.states.get(one.exposureId)!.lines.values())
      if (line.expiresMs <= ground.nowMs) due.add(line.holdId);
  for (const id of due) endHold(world, id, (hold) => expireHold(hold, world.states, ground.writes));
}

function endHold(world: World, id: string, end: (hold: Hold) => void): boolean {
  const hold = world.holds.get(id);
  if (hold?.state !== 'held') return false;
  end(hold);
  world.holds.delete(id);
  return true;
}

/** What a request touches, by the sets it was judged by. */
export function touchesIn(asked: WorldAsk): Touch[] {
  const asking: Asking = { item: itemOf(asked), identityId: asked.identity.id, sessionId: asked.session.id };
  return asked.unavailable ? [] : touch(questionOf(asking, groundOf(newWorld(), asked))).touches;
}

/** Judges one request, together and alone, and counts it where it is allowed. Throws `input.invalid`. */
export function askIn(world: World, asked: WorldAsk): Judged {
  const { ground, carried } = judgeIn(world, asked);
  return judgedOf(asked, ground, carried);
}

/** The same for who only wants to know what comes of it. */
export const verdictIn = (world: World, asked: WorldAsk): Judged['verdict'] =>
  decisionIn(judgeIn(world, asked).ground).verdict as Judged['verdict'];

/** The same with the answer as its caller would read it. */
export function answerIn(world: World, asked: WorldAsk): { judged: Judged; answer: Answer } {
  const { ground, carried, text } = judgeIn(world, asked);
  return { judged: judgedOf(asked, ground, carried), answer: JSON.parse(text) as Answer };
}

/** What would come of a request, of which nothing is kept. */
export function lookIn(world: World, asked: WorldAsk): Judgement {
  const asking: Asking = { item: itemOf(asked), identityId: asked.identity.id, sessionId: asked.session.id };
  const ground = groundOf(world, asked);
  const question = questionOf(asking, ground);
  const touched = touch(question);
  bringUpToNow(world, withFormer(touched.touches), ground, asked.ended);
  return evaluate(question, touched, ground.states);
}

interface Answered {
  ground: Ground;
  carried: ReadonlyMap<string, bigint>;
  /** The answer as JSON. */
  text: string;
}

function judgeIn(world: World, asked: WorldAsk): Answered {
  const asking: Asking = { item: itemOf(asked), identityId: asked.identity.id, sessionId: asked.session.id };
  const ground = groundOf(world, asked);
  const { touches } = asked.unavailable ? { touches: [] } : touch(questionOf(asking, ground));
  for (const { exposureId, member } of touches)
    if (member !== undefined) world.valueOf.set(`${asked.decisionId} ${exposureId}`, member);
  bringUpToNow(world, withFormer(touches), ground, asked.ended);
  const carried = asked.carried ?? carriedOf(world, asked, touches);
  carry(world, asked.session.id, carried, 1n);
  const outcome = judgeItem(asking, ground);
  carry(world, asked.session.id, carried, -1n);
  for (const hold of ground.writes.holds) world.holdOf.set(hold.decisionId, hold.id);
  return { ground, carried, text: outcome.kind === 'decided' ? outcome.text : '{}' };
}

const NONE: ReadonlyMap<string, bigint> = new Map();

function carriedOf(world: World, { standing, session }: WorldAsk, touches: Touch[]): ReadonlyMap<string, bigint> {
  if (!standing) return NONE;
  const carried = new Map<string, bigint>();
  for (const [exposureId, stood] of standing) {
    const touch = touches.find((one) => one.exposureId === exposureId) ?? { exposureId };
    const grown = stateNow(touch, world.states)?.sums.get(session.id)?.alone ?? 0n;
    if (stood > grown) carried.set(exposureId, stood - grown);
  }
  return carried;
}

/** A session's own ledger from before the history counts while it is judged, and is not this world's to move. */
function carry(world: World, sessionId: string, carried: ReadonlyMap<string, bigint>, sign: bigint): void {
  for (const [exposureId, amount] of carried) {
    const state = world.states.get(exposureId);
    if (state) ownSums(state, sessionId).alone += sign * amount;
  }
}

function decisionIn({ writes }: Ground) {
  const record = writes.records.find((one) => 'decision' in one);
  return (record as Extract<typeof record, { decision: unknown }>).decision;
}

function judgedOf(asked: WorldAsk, ground: Ground, carried: ReadonlyMap<string, bigint>): Judged {
  const { sessions, identities } = ground;
  const decision = decisionIn(ground);
  const trace = expandTrace(decision.trace, asked.sets);
  return {
    decisionId: decision.id,
    atMs: asked.atMs,
    identityId: decision.identityId,
    sessionId: decision.sessionId,
    verdict: decision.verdict as Judged['verdict'],
    alone: decision.alone as Judged['alone'],
    reason: decision.reason as Judged['reason'],
    message: decision.message,
    ruleId: decision.ruleId,
    policySet: decision.policySet,
    exposureId: decision.exposureId,
    amount: decision.amount,
    unit: decision.unit,
    scale: decision.scale,
    holdId: decision.holdId,
    rules: trace.rules,
    exposures: trace.exposures,
    carried,
    session: sessions.get(asked.session.id)!,
    identity: identities.get(asked.identity.id)!,
  };
}

/** Ends the hold a decision made. False: it made none here, or it has ended. */
export function closeIn(world: World, { decisionId, atMs, kind, actual }: WorldClosing): boolean {
  const writes = noWrites(atMs);
  return endHold(world, world.holdOf.get(decisionId) ?? '', (hold) => {
    for (const line of hold.lines) {
      const state = world.states.get(line.exposureId)!;
      advance(state, atMs, state.windowSecs);
    }
    closeHold(
      hold,
      kind,
      (line) => actual?.get(line.exposureId) ?? (kind === 'settle' ? line.amount : 0n),
      world.states,
      writes,
    );
  });
}
