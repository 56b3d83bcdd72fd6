import type { Contributor, ExposureSeen } from '@/lib/decisions/model';
import { stateNow } from '@/lib/exposures/former-state';
import { counts, countsAlone } from '@/lib/exposures/members-state';
import { type ExposureState, strangerLabel } from '@/lib/exposures/model';
import type {
  CompiledSet,
  Fact,
  Facts,
  Meter,
  Question,
  SessionSeen,
  Touch,
  Touched,
} from '@/lib/policies/compiled-model';
import { aloneFacts, factsOf, readsOf, withMeters } from '@/lib/policies/facts-evaluate';
import { FACTS } from '@/lib/policies/facts-model';
import { counted, rank, unseenOf } from '@/lib/policies/live-evaluate';
import { metersOf, type Value, type View } from '@/lib/policies/rules-evaluate';

const MAX_CONTRIBUTORS = 10;

export function together(question: Question, touched: Touched, states: ReadonlyMap<string, ExposureState>): View {
  const value = (touch: Touch): Value => {
    if (touch.meter.kind === 'live_sessions') return rank(touch, question);
    const state = stateNow(touch, states);
    return { settled: state?.settled ?? 0n, held: state?.held ?? 0n, amount: adds(touch, state) };
  };
  const unseen = (touch: Touch) => (touch.meter.kind === 'live_sessions' ? unseenOf(touch, question) : null);
  return viewOf(question, factsOf(question), { touched, value, unseen });
}

/** This session's own ledger, `sessions` = itself, live = 1, others' leases and approvals absent; identity state is kept. */
export function aloneView(question: Question, touched: Touched, states: ReadonlyMap<string, ExposureState>): View {
  const value = (touch: Touch): Value => {
    if (touch.meter.kind === 'live_sessions') return { settled: 0n, held: 0n, amount: 1n };
    const state = stateNow(touch, states);
    return { settled: aloneBefore(state, question), held: 0n, amount: addsAlone(touch, state, question) };
  };
  return viewOf(question, aloneFacts(question), { touched, value, unseen: () => null });
}

/** What the request adds: a `distinct` value that counts already adds nothing. */
const adds = ({ amount, member }: Touch, state: ExposureState | undefined): bigint =>
  member !== undefined && state && counts(state, member) ? 0n : amount;
const addsAlone = ({ amount, member }: Touch, state: ExposureState | undefined, { session }: Question): bigint =>
  member !== undefined && state && countsAlone(state, member, session.id) ? 0n : amount;

const aloneBefore = (state: ExposureState | undefined, { session }: Question): bigint =>
  state?.sums.get(session.id)?.alone ?? 0n;

const readMeters = new WeakMap<CompiledSet[], boolean>();
function someReadMeters(sets: CompiledSet[]): boolean {
  let some = readMeters.get(sets);
  if (some === undefined) {
    some = sets.some((set) => readsOf(set).has('meters'));
    readMeters.set(sets, some);
  }
  return some;
}

function viewOf(question: Question, facts: Facts, seen: Pick<View, 'touched' | 'value' | 'unseen'>): View {
  const { touched, value, unseen } = seen;
  if (!someReadMeters(question.sets)) return { facts, meters: null, ...seen };
  const bySet = new Map<string, Record<string, Fact>>();
  const all = [
    ...touched.touches.map((touch) => ({ touch, set: touch.set })),
    ...(touched.shadow?.touches ?? []).map((touch) => ({ touch, set: metersOf({ name: touch.set, mode: 'shadow' }) })),
  ];
  for (const { touch, set } of all) {
    if (unseen(touch) !== null) continue; // what reads it fails, as it does where its sessions are looked at
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
  return { facts, meters, ...seen };
}

/** One exposure as a decision saw it. Minor units. Valid until the state moves on. */
export interface Standing {
  touch: Touch;
  state: ExposureState;
  settled: bigint;
  held: bigint;
  amount: bigint;
  /** settled + held + amount. */
  asked: bigint;
  /** settled + held once this is decided. */
  after: bigint;
  /** The session's own sum as a per-session control keeps it: before this request, and if this one is allowed. */
  aloneBefore: bigint;
  aloneAsked: bigint;
  limit: bigint | null;
  holders: Holders;
}

/** Who holds an exposure: the ten largest, and the rest as one number. */
export interface Holders {
  named: Holder[];
  settled: bigint;
  held: bigint;
}

interface Holder {
  sessionId: string;
  identityId: string;
  label: string;
  settled: bigint;
  held: bigint;
}

export function standingOf(
  touch: Touch,
  state: ExposureState,
  question: Question,
  limit: bigint | null,
  allowed: boolean,
): Standing {
  const live = touch.meter.kind === 'live_sessions';
  const sessions = live ? counted(touch, question) : [];
  const settled = live ? BigInt(Math.max(0, sessions.length - 1)) : state.settled;
  const { held } = state;
  const amount = live ? 1n : adds(touch, state);
  const asked = settled + held + amount;
  const own = aloneBefore(state, question);
  return {
    touch,
    state,
    settled,
    held,
    amount,
    asked,
    after: allowed || live ? asked : settled + held,
    aloneBefore: own,
    aloneAsked: own + (live ? 1n : addsAlone(touch, state, question)),
    limit,
    holders: live ? liveHolders(sessions) : holdersOf(state),
  };
}

const liveHolders = (sessions: SessionSeen[]): Holders => ({
  named: sessions.slice(0, MAX_CONTRIBUTORS).map(({ id, identityId, label }) => ({
    sessionId: id,
    identityId,
    label,
    settled: 1n,
    held: 0n,
  })),
  settled: BigInt(Math.max(0, sessions.length - MAX_CONTRIBUTORS)),
  held: 0n,
});

/** Whether `a` stands before `b`: the larger first, then by id. */
const before = (a: Holder, b: Holder): boolean => {
  const one = a.held ? a.settled + a.held : a.settled;
  const other = b.held ? b.settled + b.held : b.settled;
  return one === other ? a.sessionId < b.sessionId : one > other;
};

function holdersOf(state: ExposureState): Holders {
  const named: Holder[] = [];
  let settled = 0n;
  let held = 0n;
  for (const [sessionId, sums] of state.sums) {
    if (sums.settled === 0n && sums.held === 0n) continue;
    const name = state.names.get(sessionId);
    const holder = {
      sessionId,
      identityId: name?.identityId ?? '',
      label: name?.label ?? strangerLabel(sessionId),
      settled: sums.settled,
      held: sums.held,
    };
    let place = named.length;
    while (place > 0 && before(holder, named[place - 1]!)) place -= 1;
    if (place < MAX_CONTRIBUTORS) {
      if (place === named.length) named.push(holder);
      else named.splice(place, 0, holder);
      if (named.length <= MAX_CONTRIBUTORS) continue;
    }
    const last = place < MAX_CONTRIBUTORS ? named.pop()! : holder;
    settled += last.settled;
    held += last.held;
  }
  return { named, settled, held };
}

/** The same as traces show it. */
export function exposureSeen({ touch, state, ...one }: Standing): ExposureSeen {
  return {
    exposureId: touch.exposureId,
    set: touch.set,
    ...meterSeen(touch.meter),
    key: touch.key,
    limit: one.limit?.toString() ?? null,
    settledBefore: one.settled.toString(),
    heldBefore: one.held.toString(),
    amount: one.amount.toString(),
    after: one.after.toString(),
    asked: one.asked.toString(),
    aloneBefore: one.aloneBefore.toString(),
    aloneAsked: one.aloneAsked.toString(),
    revision: state.revision.toString(),
    ...(touch.formerly ? { formerly: touch.formerly.map((one) => one.exposureId) } : {}),
    contributors: one.holders.named.map(
      (holder): Contributor => ({
        ...holder,
        label: holder.label.slice(0, 200),
        settled: holder.settled.toString(),
        held: holder.held.toString(),
      }),
    ),
    othersSettled: one.holders.settled.toString(),
    othersHeld: one.holders.held.toString(),
  };
}

/** What of an exposure follows from its meter. */
export const meterSeen = (
  meter: Meter,
): Pick<ExposureSeen, 'meter' | 'kind' | 'scope' | 'unit' | 'scale' | 'windowSecs' | 'window'> => ({
  meter: meter.name,
  kind: meter.kind,
  scope: meter.scope.slice(0, 200),
  unit: meter.unit,
  scale: meter.scale,
  windowSecs: meter.windowSecs,
  ...(meter.calendar === null ? {} : { window: meter.calendar }),
});
