import type { Contributor, ExposureSeen } from '@/lib/decisions/model';
import { counts, countsAlone } from '@/lib/exposures/members-state';
import type { ExposureState } from '@/lib/exposures/model';
import type { Facts, Question, SessionSeen, Touch, Touched } from '@/lib/policies/compiled-model';
import { aloneFacts, factsOf, readsOf, withMeters } from '@/lib/policies/facts-evaluate';
import { FACTS, type Fact } from '@/lib/policies/facts-model';
import { counted, rank } from '@/lib/policies/live-evaluate';
import { metersOf, type Value, type View } from '@/lib/policies/rules-evaluate';

export interface Seen {
  touch: Touch | null;
}

const MAX_CONTRIBUTORS = 10;

export function together(question: Question, touched: Touched, states: ReadonlyMap<string, ExposureState>): View {
  const value = (touch: Touch): Value => {
    if (touch.meter.kind === 'live_sessions') return rank(touch, question);
    const state = states.get(touch.exposureId);
    return { settled: state?.settled ?? 0n, held: state?.held ?? 0n, amount: adds(touch, state) };
  };
  return viewOf(question, factsOf(question), touched, value);
}

/** This session's own ledger, `sessions` = itself, live = 1, others' leases and approvals absent; identity state is kept. */
export function aloneView(question: Question, touched: Touched, states: ReadonlyMap<string, ExposureState>): View {
  const value = (touch: Touch): Value => {
    if (touch.meter.kind === 'live_sessions') return { settled: 0n, held: 0n, amount: 1n };
    const amount = addsAlone(touch, states.get(touch.exposureId), question);
    return { settled: aloneBefore(touch, question, states), held: 0n, amount };
  };
  return viewOf(question, aloneFacts(question), touched, value);
}

/** What the request adds: a `distinct` value that counts already adds nothing. */
const adds = ({ amount, member }: Touch, state: ExposureState | undefined): bigint =>
  member !== undefined && state && counts(state, member) ? 0n : amount;
const addsAlone = ({ amount, member }: Touch, state: ExposureState | undefined, { session }: Question): bigint =>
  member !== undefined && state && countsAlone(state, member, session.id) ? 0n : amount;

const aloneBefore = (touch: Touch, question: Question, states: ReadonlyMap<string, ExposureState>): bigint =>
  states.get(touch.exposureId)?.sums.get(question.session.id)?.alone ?? 0n;

const NO_METERS: ReadonlyMap<string, Facts> = new Map();

function viewOf(question: Question, facts: Facts, touched: Touched, value: View['value']): View {
  if (!question.sets.some((set) => readsOf(set).has('meters'))) return { facts, meters: NO_METERS, touched, value };
  const bySet = new Map<string, Record<string, Fact>>();
  const all = [
    ...touched.touches.map((touch) => ({ touch, set: touch.set })),
    ...(touched.shadow?.touches ?? []).map((touch) => ({ touch, set: metersOf({ name: touch.set, mode: 'shadow' }) })),
  ];
  for (const { touch, set } of all) {
    const { settled, held, amount } = value(touch);
    const meters = bySet.get(set) ?? {};
    meters[touch.meter.name] = new FACTS.MeterValue({
      key: touch.key,
      settled,
      held,
      amount,
      total: settled + held,
      asked: settled + held + amount,
    });
    bySet.set(set, meters);
  }
  const meters = new Map([...bySet].map(([set, values]) => [set, withMeters(facts, values)]));
  return { facts, meters, touched, value };
}

/** One exposure for the trace: before, asked, after, alone, and who holds it. */
export function exposureSeen(
  touch: Touch,
  state: ExposureState,
  question: Question,
  limits: ReadonlyMap<string, { max: bigint }>,
  allowed: boolean,
): ExposureSeen {
  const live = touch.meter.kind === 'live_sessions';
  const sessions = live ? counted(touch, question) : [];
  const settled = live ? BigInt(Math.max(0, sessions.length - 1)) : state.settled;
  const amount = live ? 1n : adds(touch, state);
  const asked = settled + state.held + amount;
  const own = state.sums.get(question.session.id)?.alone ?? 0n;
  const held = live ? liveContributors(sessions) : contributors(state);
  return {
    // In the order of RFC 8785, which is how the trace writes it.
    after: (allowed || live ? asked : settled + state.held).toString(),
    aloneAsked: (own + (live ? 1n : addsAlone(touch, state, question))).toString(),
    aloneBefore: own.toString(),
    amount: amount.toString(),
    asked: asked.toString(),
    contributors: held.contributors,
    exposureId: touch.exposureId,
    heldBefore: state.held.toString(),
    key: touch.key,
    kind: touch.meter.kind,
    limit: limits.get(touch.exposureId)?.max.toString() ?? null,
    meter: touch.meter.name,
    othersHeld: held.othersHeld,
    othersSettled: held.othersSettled,
    revision: state.revision.toString(),
    scale: touch.meter.scale,
    scope: touch.meter.scope.slice(0, 200),
    set: touch.set,
    settledBefore: settled.toString(),
    unit: touch.meter.unit,
    ...(touch.meter.calendar === null ? {} : { window: touch.meter.calendar }),
    windowSecs: touch.meter.windowSecs,
  };
}

type Contributors = Pick<ExposureSeen, 'contributors' | 'othersSettled' | 'othersHeld'>;

const liveContributors = (sessions: SessionSeen[]): Contributors => ({
  contributors: sessions.slice(0, MAX_CONTRIBUTORS).map((one) => ({
    held: '0',
    identityId: one.identityId,
    label: one.label,
    sessionId: one.id,
    settled: '1',
  })),
  othersSettled: String(Math.max(0, sessions.length - MAX_CONTRIBUTORS)),
  othersHeld: '0',
});

/** The ten largest, and the rest as one number. */
function contributors(state: ExposureState): Contributors {
  const all = [...state.sums].filter(([, sums]) => sums.settled || sums.held);
  all.sort(([a, x], [b, y]) => {
    const by = y.settled + y.held - x.settled - x.held;
    return by > 0n ? 1 : by < 0n ? -1 : a < b ? -1 : 1;
  });
  const named = all.slice(0, MAX_CONTRIBUTORS).map(([sessionId, sums]): Contributor => {
    const name = state.names.get(sessionId);
    return {
      held: sums.held.toString(),
      identityId: name?.identityId ?? '',
      label: (name?.label ?? 'unknown session').slice(0, 200),
      sessionId,
      settled: sums.settled.toString(),
    };
  });
  const rest = all.slice(MAX_CONTRIBUTORS);
  return {
    contributors: named,
    othersSettled: rest.reduce((sum, [, one]) => sum + one.settled, 0n).toString(),
    othersHeld: rest.reduce((sum, [, one]) => sum + one.held, 0n).toString(),
  };
}
