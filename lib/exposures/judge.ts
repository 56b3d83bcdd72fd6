import { answerText } from '@/lib/decisions/answer-text';
import { canonical } from '@/lib/decisions/canonical';
import type { Answer, Decided, Item, Outcome } from '@/lib/decisions/request-model';
import { traceText } from '@/lib/decisions/trace';
import { spend } from '@/lib/exposures/approval';
import { decisionOf, type Judged, unavailable } from '@/lib/exposures/decision-write';
import { follow } from '@/lib/exposures/follow';
import { foreseenOf } from '@/lib/exposures/foreseen';
import { type KeyRow, type LoggedAllow, NO_TOKEN } from '@/lib/exposures/ledger/keys';
import { isLogged } from '@/lib/exposures/logged-answer';
import { growValue, settleValue } from '@/lib/exposures/members-state';
import type { Entry, Hold } from '@/lib/exposures/model';
import { nameSession, note } from '@/lib/exposures/notes';
import { type Asking, speaks } from '@/lib/exposures/prepare';
import { type Ground, questionOf } from '@/lib/exposures/question-of';
import { countRefusal } from '@/lib/exposures/refusals';
import { growAlone, reserveLine, settleAtOnce } from '@/lib/exposures/state';
import { countTold, keepTold, toldBefore } from '@/lib/exposures/told';
import { sliceEnd } from '@/lib/exposures/window-state';
import { withinBounds } from '@/lib/exposures/within-bounds';
import type { Touched as TouchedSession } from '@/lib/exposures/writes';
import { classOfAction } from '@/lib/findings/detect-read-change-split';
import { newId } from '@/lib/platform/ids';
import type { Meter, Question, SessionSeen, Touch, Touched } from '@/lib/policies/compiled-model';
import { evaluate } from '@/lib/policies/evaluate';
import { isOfPool, sharedPool } from '@/lib/policies/live-evaluate';
import { touch, withFormer } from '@/lib/policies/touch';

/** Rows were touched that are not locked: the batch starts again with them. */
export class LockMore extends Error {
  constructor(
    readonly touches: Touch[],
    readonly exposureIds: string[] = [],
  ) {
    super('more rows to lock');
  }
}

export const keyOf = (tokenId: string, key: string): string => `${tokenId} ${key}`;

/** Under which key it is answered. Looking has none, nor what is only logged now: neither is the request a retry repeats. */
export const claimed = ({ idempotency, braid, spooledAt }: Item): Item['idempotency'] =>
  braid.dry_run || spooledAt ? null : idempotency;

/** What a decided request says of its session stands from now on. Looking, and what was answered elsewhere, says nothing of it. */
function keepAsked({ item, question: { session } }: Judged, ground: Ground): void {
  if (!speaks(item) || ground.sessions.get(session.id) === session) return;
  ground.sessions.set(session.id, session);
  touchedSession(ground, session).changed = true;
}

/** Who takes up a credential or device is seen with it by those decided later in the same batch. */
function joinPools({ item, question: { session } }: Judged, { pools, workflowSessions }: Ground): void {
  if (!pools?.size || !speaks(item)) return;
  for (const pool of pools.values()) {
    const sessions = workflowSessions.get(pool.id)!;
    if (isOfPool(session, pool) && !sessions.some((one) => one.id === session.id)) sessions.push(session);
  }
}

function touchedSession(ground: Ground, session: SessionSeen) {
  const { touched } = ground.writes;
  let mark = touched.get(session.id);
  if (!mark) {
    mark = { session, decisions: 0, reads: 0, changes: 0, changed: false };
    touched.set(session.id, mark);
  }
  mark.session = session;
  return mark;
}

/** A decision is an event of the session that asked: it reads or changes as its action's name says. Looking does neither. */
function countEvent(ground: Ground, session: SessionSeen, item: Item, dry: boolean): TouchedSession {
  const mark = touchedSession(ground, session);
  mark.decisions += 1;
  const kind = dry ? 'other' : classOfAction(item.asked.action.name);
  if (kind === 'read') mark.reads += 1;
  if (kind === 'change') mark.changes += 1;
  return mark;
}

/** Judges one item and moves the ground on. A denied request consumes nothing; what is told has been done and counts. */
export function judgeItem(asking: Asking, ground: Ground): Outcome {
  const { item } = asking;
  const told = toldBefore(item, ground);
  if (told) return told;
  const foreseen = foreseenOf(asking, ground);
  const question = questionOf(asking, ground);
  const claim = claimed(item);
  const earlier = claim && ground.keys.get(keyOf(item.tokenId ?? NO_TOKEN, claim.key));
  const retried = earlier?.decision_id && earlier.decision_id !== item.decisionId && earlier.fresh ? earlier : null;
  if (retried && claim!.explicit && !retried.body_hash.equals(claim!.bodyHash)) return { kind: 'conflict' };
  const replay = retried && isLogged(retried, item, question) && replayOf(retried, question, ground);
  if (replay) return replay;
  const touched = withinBounds(foreseen ?? touch(question), ground.states);
  // What is only logged now touches nothing: its rows are neither locked nor read.
  const unlocked = item.spooledAt
    ? []
    : withFormer(touched.touches).filter((one) => !ground.states.has(one.exposureId) || isUnread(one, ground));
  if (unlocked.length) throw new LockMore(unlocked);
  const judgement = item.spooledAt ? unavailable : evaluate(question, touched, ground.states);
  return settleItem({ item, question, touched, judgement, supersedes: retried?.decision_id ?? null }, ground);
}

/** It counts sessions that were not read: another attempt reads them. */
function isUnread(one: Touch, { pools }: Ground): boolean {
  const pool = pools && sharedPool(one);
  return pool ? !pools.has(pool.id) : false;
}

/** A stored answer stands while identity and session are active and its hold is held or settled. */
function replayOf(row: KeyRow, { identity, session, taskEnded }: Question, ground: Ground): Decided | null {
  if (!row.response || identity.state !== 'active' || session.ended || session.refused || taskEnded) return null;
  const answer = JSON.parse(row.response) as Answer;
  const braid = answer.context.braid as { hold_id?: string };
  const hold = braid.hold_id ? ground.holds.get(braid.hold_id) : undefined;
  if (braid.hold_id && (!hold || !['held', 'settled'].includes(hold.state))) return null;
  if (hold?.state === 'held' && hold.expiresMs <= ground.nowMs) return null;
  // In place of what the first answer left in this very batch: the mark of a retry must not be overwritten by it.
  ground.writes.keys.set(keyOf(row.token_id, row.key), {
    tokenId: row.token_id,
    key: row.key,
    bodyHash: row.body_hash,
    decisionId: row.decision_id,
    response: row.response,
    isNew: row.isNew === true,
    createdMs: Date.parse(String(answer.context.evaluated_at)) + 1,
  });
  return {
    kind: 'decided',
    decisionId: row.decision_id,
    verdict: 'allow',
    reason: 'ok',
    text: row.response,
    replayed: true,
  };
}

function settleItem(judged: Judged, ground: Ground): Decided {
  const { item, question, judgement } = judged;
  const { writes, nowMs } = ground;
  const atMs = item.spooledAt ? Date.parse(item.spooledAt) : nowMs;
  const dry = item.braid.dry_run === true;
  keepAsked(judged, ground);
  const allowed = judgement.verdict === 'allow' && !dry;
  const hold = allowed && !item.told ? holdOf(judged, ground) : null;
  const text = answerText(item, judgement, atMs, hold);
  const trace = traceText({ item, question, judgement, atMs, holdId: hold?.id ?? null, supersedes: judged.supersedes });
  if (hold) {
    writes.holds.push(hold);
    ground.holds.set(hold.id, hold);
  }
  const entries = item.told ? countTold(judged, ground) : allowed ? reserveAll(judged, hold, ground) : [];
  const retriable = allowed && (moves(judged.touched).length > 0 || judgement.access.used !== null);
  if (!dry && !item.spooledAt) entries.push(...countRefusal(judged, ground));
  const decision = decisionOf(judged, hold, atMs, trace);
  writes.records.push({ decision, entries });
  keepTold(judged, decision, ground);
  if (!dry && !item.spooledAt) grow(judged, ground);
  joinPools(judged, ground);
  if (!dry && !item.spooledAt) note(judged, ground.states);
  if (judgement.access.used && allowed) spend(ground.approvals, judgement.access.used.id);
  const session = ground.sessions.get(question.session.id)!;
  const mark = session.ended ? null : countEvent(ground, session, item, dry);
  if (!dry && !item.spooledAt) follow(judged, ground, mark);
  if (judgement.verdict !== 'allow') writes.detect = true;
  const logged = {
    identityId: question.identity.id,
    holdId: hold?.id ?? null,
    request: item.text ?? canonical(item.asked),
  };
  remember(item, retriable ? text : '', logged, ground);
  return {
    kind: 'decided',
    decisionId: item.decisionId,
    verdict: judgement.verdict,
    reason: judgement.reason,
    text,
    replayed: false,
  };
}

const moves = (touched: Touched): Touch[] =>
  touched.touches.filter((one) => one.meter.kind !== 'live_sessions' && one.amount > 0n);

/** How long a session's own ledger counts: what only ends, a lease or an approval, as long as it would have been held. */
const ownSpan = ({ kind, windowSecs, holdSecs }: Meter): number | null =>
  kind === 'sum' || kind === 'count' ? windowSecs : (windowSecs ?? holdSecs);

/** An allotment is held as a whole, whatever its meters do otherwise; unreported, it counts as spent. */
const isHeld = (item: Item, { meter }: Pick<Touch, 'meter'>): boolean => item.allotment !== undefined || meter.explicit;
const endOf = (item: Item, { meter }: Touch) => (item.allotment ? 'settle' : meter.onExpiry);

/** One decision makes one hold, with a line per exposure that is not counted at once. The longest hold stands. */
function holdOf({ item, question, touched, judgement }: Judged, { nowMs }: Ground): Hold | null {
  const explicit = moves(touched).filter((one) => isHeld(item, one));
  if (!explicit.length) return null;
  const kinds = explicit.map((one) => one.meter.kind);
  return {
    id: newId(),
    decisionId: item.decisionId,
    identityId: question.identity.id,
    sessionId: question.session.id,
    tokenId: item.tokenId,
    kind: kinds.includes('lease') ? 'lease' : kinds.includes('pending') ? 'approval' : 'hold',
    state: 'held',
    onExpiry: explicit.some((one) => endOf(item, one) === 'settle') ? 'settle' : 'release',
    createdMs: nowMs,
    expiresMs: nowMs + (item.allotment?.secs ?? Math.max(...explicit.map((one) => one.meter.holdSecs ?? 0))) * 1000,
    lines: explicit.map((one) => ({
      exposureId: one.exposureId,
      amount: one.amount,
      settled: 0n,
      attribute: one.meter.attribute,
      onExpiry: endOf(item, one),
      sliceMs: judgement.alone === 'allow' ? sliceEnd(nowMs, ownSpan(one.meter), one.meter.calendar) : null,
    })),
  };
}

function reserveAll({ item, question, touched }: Judged, hold: Hold | null, ground: Ground): Entry[] {
  const who = {
    sessionId: question.session.id,
    identityId: question.identity.id,
    decisionId: item.decisionId,
    holdId: null,
  };
  const entries: Entry[] = [];
  for (const { exposureId, meter, amount, member } of moves(touched)) {
    const state = ground.states.get(exposureId)!;
    nameSession(state, question);
    if (member !== undefined) entries.push(...settleValue(state, ground.nowMs, member, who));
    else if (isHeld(item, { meter }) && hold)
      entries.push(reserveLine(state, ground.nowMs, amount, { ...who, holdId: hold.id, expiresMs: hold.expiresMs }));
    else entries.push(settleAtOnce(state, ground.nowMs, amount, who));
  }
  return entries;
}

/** The session's own ledger grows by what a per-session control would have granted, granted here or not. */
function grow({ question, touched, judgement }: Judged, ground: Ground): void {
  if (judgement.alone !== 'allow') return;
  for (const { exposureId, meter, amount, member } of moves(touched)) {
    const state = ground.states.get(exposureId)!;
    nameSession(state, question);
    if (member !== undefined) growValue(state, ground.nowMs, member, question.session.id);
    else growAlone(state, ground.nowMs, ownSpan(meter), question.session.id, amount);
  }
}

function remember(item: Item, response: string, logged: LoggedAllow, ground: Ground): void {
  const claim = claimed(item);
  if (!claim) return;
  const tokenId = item.tokenId ?? NO_TOKEN;
  const { key, bodyHash } = claim;
  const row = ground.keys.get(keyOf(tokenId, key));
  if (!row) return; // nothing to retry: the request touched no meter
  ground.keys.set(keyOf(tokenId, key), {
    ...row,
    body_hash: bodyHash,
    decision_id: item.decisionId,
    response,
    fresh: true,
    logged,
  });
  const isNew = row.isNew === true;
  ground.writes.keys.set(keyOf(tokenId, key), { tokenId, key, bodyHash, decisionId: item.decisionId, response, isNew });
}
