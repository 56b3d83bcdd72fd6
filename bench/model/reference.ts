// What deciding on shared state means, in as few words as can be: one request after the other, no time, no database.
// The real thing must behave as some order of what ran at the same time behaves here.

export interface Request {
  what: 'pay' | 'spend' | 'job' | 'read' | 'bill';
  identity: string;
  resource: string;
  session: string;
  amount: number;
  /** Of a `read`: different ones are counted. */
  document?: string;
  /** Idempotency key; two requests of one key are the same request. */
  key: string;
}

export type Semantic = 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit';

export type Op =
  | { do: 'ask'; request: Request }
  /** Only what would come of it. */
  | { do: 'look'; request: Request }
  /** Decided in order, in one go; those after a short circuit are not. */
  | { do: 'batch'; requests: Request[]; semantic: Semantic }
  /** By the decision that made the hold. */
  | { do: 'settle'; of: string; amount: number }
  | { do: 'release'; of: string }
  /** The caller of this decision hung up before its answer. */
  | { do: 'withdraw'; of: string }
  /** The time of this decision's hold is over. */
  | { do: 'lapse'; of: string };

/** What was observed. `away` = it says nothing happened; `unknown` = it says that it can't know. */
export type Answered = { saw: 'allow'; id: string } | { saw: 'deny' };
export type Seen =
  | Answered
  | { saw: 'would'; allow: boolean }
  | { saw: 'many'; each: Answered[] }
  | { saw: 'closed' }
  | { saw: 'done' }
  | { saw: 'moved'; rows: number }
  | { saw: 'away' }
  | { saw: 'unknown' };

export const LIMITS = { pay: 10, spend: 10, job: 1, read: 2, bill: 10 } as const;

interface Grant {
  request: Request;
  /** counted: at once. held, due (held, its time over), settled, released: of a hold. back: taken back. */
  state: 'counted' | 'held' | 'due' | 'settled' | 'released' | 'back';
  settled: number;
  retried: boolean;
  /** It named a document that did not count yet. */
  brought: boolean;
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
  if (what === 'read') return documents(state, scope).size;
  let sum = 0;
  for (const grant of Object.values(state.grants)) {
    if (grant.request.what !== what || scopeOf(grant.request) !== scope) continue;
    if (grant.state === 'held') sum += weight(grant.request);
    else sum += grant.settled;
  }
  return sum;
}

/** What was read, by whoever: as long as one allow of it stands it counts, once. */
const documents = (state: State, scope: string): Set<string> =>
  new Set(
    Object.values(state.grants).flatMap(({ request, state: stands }) =>
      request.what === 'read' && stands === 'counted' && scopeOf(request) === scope ? [request.document!] : [],
    ),
  );

/** What a hold of it holds. */
const weight = (request: Request): number => (request.what === 'job' ? 1 : request.amount);

/** What allowing it adds now. */
const added = (state: State, request: Request): number =>
  request.what === 'read' ? (documents(state, scopeOf(request)).has(request.document!) ? 0 : 1) : weight(request);

/** Counts at once; the others are held. */
const atOnce = ({ what }: Request): boolean => what === 'pay' || what === 'read' || what === 'bill';
const replayable = (grant: Grant | undefined): boolean =>
  grant !== undefined && (grant.state === 'counted' || grant.state === 'held' || grant.state === 'settled');

const expected = (state: State, op: Op): Outcome[] =>
  (EXPECTED[op.do] as (state: State, op: Op) => Outcome[])(state, op);

/** Every state this operation, seen to come out like this, may leave. None: it can't have come out like this here. */
export function after(state: State, op: Op, seen: Seen): State[] {
  if (seen.saw === 'away') return [state];
  if (seen.saw === 'unknown') return [state, ...expected(state, op).map(([, next]) => next)];
  return expected(state, op).flatMap(([would, next]) => {
    if (would.saw !== seen.saw) return [];
    if (would.saw === 'moved' && seen.saw === 'moved') return would.rows > 0 === seen.rows > 0 ? [next] : [];
    if (would.saw === 'would' && seen.saw === 'would') return would.allow === seen.allow ? [next] : [];
    if (would.saw === 'many' && seen.saw === 'many') return namedAll(next, would.each, seen.each, state);
    if (would.saw === 'allow' && seen.saw === 'allow') return named(next, would.id, seen.id, state);
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

/** The same of each of several, in their order. */
function namedAll(next: State, expected: Answered[], told: Answered[], before: State): State[] {
  if (expected.length !== told.length) return [];
  let names = [next];
  for (const [at, one] of expected.entries()) {
    const other = told[at]!;
    if (one.saw !== other.saw) return [];
    if (one.saw !== 'allow' || other.saw !== 'allow') continue;
    // A repeat within the batch is of a decision that has its name by now.
    names = names.flatMap((state) => (state.grants[one.id] ? named(state, one.id, other.id, before) : [state]));
    if (names.some((state) => !state.grants[other.id])) return [];
  }
  return names;
}

function withGrant(state: State, id: string, change: Partial<Grant>): State {
  return { ...state, grants: { ...state.grants, [id]: { ...state.grants[id]!, ...change } } };
}

const fits = (state: State, request: Request): boolean =>
  total(state, request.what, scopeOf(request)) + added(state, request) <= LIMITS[request.what];

const EXPECTED = {
  ask(state: State, { request }: Op & { do: 'ask' }): Outcome[] {
    const earlier = state.keys[request.key];
    if (earlier && replayable(state.grants[earlier]))
      return [[{ saw: 'allow', id: earlier }, withGrant(state, earlier, { retried: true })]];
    const { [request.key]: _, ...keys } = state.keys;
    if (!fits(state, request)) return [[{ saw: 'deny' }, { ...state, keys }]];
    const id = `${UNTOLD}${Object.keys(state.grants).length}`;
    const grant: Grant = {
      request,
      state: atOnce(request) ? 'counted' : 'held',
      settled: atOnce(request) ? request.amount : 0,
      retried: false,
      brought: request.what === 'read' && added(state, request) > 0,
    };
    return [
      [
        { saw: 'allow', id },
        { grants: { ...state.grants, [id]: grant }, keys: { ...keys, [request.key]: id } },
      ],
    ];
  },
  look(state: State, { request }: Op & { do: 'look' }): Outcome[] {
    return [[{ saw: 'would', allow: fits(state, request) }, state]];
  },
  batch(state: State, { requests, semantic }: Op & { do: 'batch' }): Outcome[] {
    const each: Answered[] = [];
    let now = state;
    for (const request of requests) {
      const [[seen, next]] = EXPECTED.ask(now, { do: 'ask', request }) as [[Answered, State]];
      each.push(seen);
      now = next;
      if (semantic === (seen.saw === 'allow' ? 'permit_on_first_permit' : 'deny_on_first_deny')) break;
    }
    return [[{ saw: 'many', each }, now]];
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
    const { state: was, retried, request, brought } = state.grants[of]!;
    // An allow that brought nothing new has nothing to give back, and what others have read since stays counted.
    if (request.what === 'read' && was === 'counted' && !retried) {
      if (!brought) return [[{ saw: 'moved', rows: 0 }, state]];
      const back = withGrant(state, of, { state: 'back', settled: 0 });
      const rows = documents(back, scopeOf(request)).has(request.document!) ? 0 : 1;
      return [[{ saw: 'moved', rows }, back]];
    }
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
