// What deciding on shared state means, in as few words as can be: one request after the other, no time, no database.
// The real thing must behave as some order of what ran at the same time behaves here.

export interface Request {
  what: 'pay' | 'spend' | 'job';
  identity: string;
  resource: string;
  session: string;
  amount: number;
  /** Idempotency key; two requests of one key are the same request. */
  key: string;
}

export type Op =
  | { do: 'ask'; request: Request }
  /** By the decision that made the hold. */
  | { do: 'settle'; of: string; amount: number }
  | { do: 'release'; of: string }
  /** The caller of this decision hung up before its answer. */
  | { do: 'withdraw'; of: string }
  /** The time of this decision's hold is over. */
  | { do: 'lapse'; of: string };

/** What was observed. `away` = it says nothing happened; `unknown` = it says that it can't know. */
export type Seen =
  | { saw: 'allow'; id: string }
  | { saw: 'deny' }
  | { saw: 'closed' }
  | { saw: 'done' }
  | { saw: 'moved'; rows: number }
  | { saw: 'away' }
  | { saw: 'unknown' };

export const LIMITS = { pay: 10, spend: 10, job: 1 } as const;

interface Grant {
  request: Request;
  /** counted: at once. held, due (held, its time over), settled, released: of a hold. back: taken back. */
  state: 'counted' | 'held' | 'due' | 'settled' | 'released' | 'back';
  settled: number;
  retried: boolean;
}

/** By decision, and which decision answers a key. */
export interface State {
  grants: Record<string, Grant>;
  keys: Record<string, string>;
}

export const nothing: State = { grants: {}, keys: {} };

/** A decision that was made although nobody was told its id. */
const UNTOLD = 'untold:';

const scopeOf = (request: Request): string => (request.what === 'spend' ? request.identity : request.resource);

/** What counts against a request's limit now. */
export function total(state: State, what: Request['what'], scope: string): number {
  let sum = 0;
  for (const grant of Object.values(state.grants)) {
    if (grant.request.what !== what || scopeOf(grant.request) !== scope) continue;
    if (grant.state === 'held') sum += weight(grant.request);
    else sum += grant.settled;
  }
  return sum;
}

const weight = (request: Request): number => (request.what === 'job' ? 1 : request.amount);
const replayable = (grant: Grant | undefined): boolean =>
  grant !== undefined && (grant.state === 'counted' || grant.state === 'held' || grant.state === 'settled');

/** Every state this operation, seen to come out like this, may leave. None: it can't have come out like this here. */
export function after(state: State, op: Op, seen: Seen): State[] {
  if (seen.saw === 'away') return [state];
  if (seen.saw === 'unknown') return [state, ...EXPECTED[op.do](state, op as never).map(([, next]) => next)];
  return EXPECTED[op.do](state, op as never).flatMap(([expected, next]) => {
    if (expected.saw !== seen.saw) return [];
    if (expected.saw === 'moved' && seen.saw === 'moved') return expected.rows > 0 === seen.rows > 0 ? [next] : [];
    if (expected.saw === 'allow' && seen.saw === 'allow') return named(next, expected.id, seen.id, state);
    return [next];
  });
}

type Outcome = [Seen, State];

/** A new or untold decision takes the id it was told with; one that has a name must keep it. */
function named(next: State, expected: string, told: string, before: State): State[] {
  if (expected === told) return [next];
  if (!expected.startsWith(UNTOLD) || before.grants[told]) return [];
  const { [expected]: grant, ...grants } = next.grants;
  const keys = Object.fromEntries(Object.entries(next.keys).map(([key, id]) => [key, id === expected ? told : id]));
  return [{ grants: { ...grants, [told]: grant! }, keys }];
}

function withGrant(state: State, id: string, change: Partial<Grant>): State {
  return { ...state, grants: { ...state.grants, [id]: { ...state.grants[id]!, ...change } } };
}

const EXPECTED = {
  ask(state: State, { request }: Op & { do: 'ask' }): Outcome[] {
    const earlier = state.keys[request.key];
    if (earlier && replayable(state.grants[earlier]))
      return [[{ saw: 'allow', id: earlier }, withGrant(state, earlier, { retried: true })]];
    const { [request.key]: _, ...keys } = state.keys;
    if (total(state, request.what, scopeOf(request)) + weight(request) > LIMITS[request.what])
      return [[{ saw: 'deny' }, { ...state, keys }]];
    const id = `${UNTOLD}${Object.keys(state.grants).length}`;
    const grant: Grant = {
      request,
      state: request.what === 'pay' ? 'counted' : 'held',
      settled: request.what === 'pay' ? request.amount : 0,
      retried: false,
    };
    return [
      [
        { saw: 'allow', id },
        { grants: { ...state.grants, [id]: grant }, keys: { ...keys, [request.key]: id } },
      ],
    ];
  },
  settle(state: State, { of, amount }: Op & { do: 'settle' }): Outcome[] {
    const grant = state.grants[of]!;
    const settled = grant.request.what === 'spend' ? amount : 0;
    if (grant.state === 'held') return [[{ saw: 'done' }, withGrant(state, of, { state: 'settled', settled })]];
    return ended(state, of, 'settled');
  },
  release(state: State, { of }: Op & { do: 'release' }): Outcome[] {
    if (state.grants[of]!.state === 'held') return [[{ saw: 'done' }, withGrant(state, of, { state: 'released' })]];
    return ended(state, of, 'released');
  },
  withdraw(state: State, { of }: Op & { do: 'withdraw' }): Outcome[] {
    const { state: was, retried } = state.grants[of]!;
    if (was === 'held' && !retried) return [[{ saw: 'moved', rows: 1 }, withGrant(state, of, { state: 'released' })]];
    if (was !== 'counted' || retried) return [[{ saw: 'moved', rows: 0 }, state]];
    return [[{ saw: 'moved', rows: 1 }, withGrant(state, of, { state: 'back', settled: 0 })]];
  },
  lapse(state: State, { of }: Op & { do: 'lapse' }): Outcome[] {
    const held = state.grants[of]!.state === 'held';
    return [[{ saw: 'done' }, held ? withGrant(state, of, { state: 'due' }) : state]];
  },
};

/** Asking for the end a hold already has changes nothing; any other end is refused. */
const ended = (state: State, of: string, wanted: Grant['state']): Outcome[] => [
  [state.grants[of]!.state === wanted ? { saw: 'done' } : { saw: 'closed' }, state],
];

/** Every state that some order of these operations leads to from one of `states`, each having come out as seen. */
export function anyOrder(states: State[], done: { op: Op; seen: Seen }[]): State[] {
  const found = new Map<string, State>();
  const walk = (state: State, rest: { op: Op; seen: Seen }[]): void => {
    if (!rest.length) return void found.set(JSON.stringify(state), state);
    for (const [at, one] of rest.entries())
      for (const next of after(state, one.op, one.seen)) walk(next, rest.toSpliced(at, 1));
  };
  for (const state of states) walk(state, done);
  return [...found.values()];
}
