import type { Conflict, Decided, Item } from '@/lib/decisions/request-model';
import { move } from '@/lib/exposures/counters-state';
import type { Judged } from '@/lib/exposures/decision-write';
import { NO_TOKEN } from '@/lib/exposures/ledger/keys';
import { toldKey } from '@/lib/exposures/ledger/told';
import { counts, MAX_MEMBERS, settleValue } from '@/lib/exposures/members-state';
import type { Entry, ExposureState } from '@/lib/exposures/model';
import { nameSession } from '@/lib/exposures/notes';
import type { Ground } from '@/lib/exposures/question-of';
import { bump } from '@/lib/exposures/slices-state';
import { LIVE, sliceEnd } from '@/lib/exposures/window-state';
import type { DecisionWrite } from '@/lib/exposures/writes';

// What was done without asking has happened: the verdict says whether it should have, and cannot make it undone.

/** What came of it when it was told before. Something else under the same ref is a conflict. null: it is new. */
export function toldBefore(item: Item, ground: Ground): Decided | Conflict | null {
  const before = item.told && ground.told?.get(toldKey(item.tokenId, item.told.ref));
  if (!before) return null;
  if (before.bodyHash && !before.bodyHash.equals(item.told!.bodyHash)) return { kind: 'conflict' };
  return {
    kind: 'decided',
    decisionId: before.decisionId,
    verdict: before.allowed ? 'allow' : 'deny',
    reason: before.reason as Decided['reason'],
    text: '',
    replayed: true,
  };
}

/** Notes that it was told, so that it counts once. */
export function keepTold({ item, judgement }: Judged, decision: DecisionWrite, ground: Ground): void {
  if (!item.told) return;
  const { ref, atMs, bodyHash } = item.told;
  const allowed = judgement.verdict === 'allow';
  const { reason } = judgement;
  const { id: decisionId, amount, unit, scale } = decision;
  ground.told?.set(toldKey(item.tokenId, ref), { decisionId, allowed, reason, bodyHash });
  const tokenId = item.tokenId ?? NO_TOKEN;
  ground.writes.told.push({ tokenId, ref, atMs, bodyHash, decisionId, allowed, reason, amount, unit, scale });
}

/** Counts it, in the time in which it was done: as an overrun where it should not have been. Nothing is held for it. */
export function countTold({ item, question, touched, judgement }: Judged, ground: Ground): Entry[] {
  const { nowMs } = ground;
  const doneMs = Math.min(item.told!.atMs, nowMs);
  const kind = judgement.verdict === 'allow' ? 'settle' : 'overrun';
  const sessionId = question.session.id;
  const who = { sessionId, identityId: question.identity.id, decisionId: item.decisionId, holdId: null };
  return touched.touches.flatMap(({ exposureId, meter, amount, member }) => {
    if (amount <= 0n || !COUNTED.has(meter.kind)) return [];
    const state = ground.states.get(exposureId)!;
    nameSession(state, question);
    if (member !== undefined)
      return isFull(state, member)
        ? []
        : settleValue(state, nowMs, member, who).map((entry): Entry => ({ ...entry, kind }));
    const endMs = sliceEnd(doneMs, state.windowSecs, state.calendar);
    if (hasLeft(state, endMs, nowMs)) return [];
    bump(state, endMs, sessionId, amount, 0n);
    return [move(state, kind, nowMs, amount, 0n, who)];
  });
}

/** A lease or a pending approval is over when it is told of. */
const COUNTED: ReadonlySet<string> = new Set(['sum', 'count', 'distinct']);

const hasLeft = ({ windowSecs, calendar }: ExposureState, endMs: number, nowMs: number): boolean =>
  windowSecs !== null && calendar !== LIVE && endMs + windowSecs * 1000 <= nowMs;

const isFull = (state: ExposureState, member: string): boolean =>
  (state.members?.uses.size ?? 0) >= MAX_MEMBERS && !counts(state, member);
