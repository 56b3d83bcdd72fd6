import { chance } from '@/bench/lab/chance';
import type { Cut, Gate } from '@/bench/model/gate';
import {
  anyOrder,
  nothing,
  type Op,
  type Request,
  type Seen,
  type Semantic,
  type State,
  total,
} from '@/bench/model/reference';
import { type Point, standing } from '@/bench/model/system';

/** A step before it is known what exists: numbers pick among what does. */
export interface Step {
  do: Op['do'];
  point: number;
  pick: number;
  amount: number;
}

/** Steps of one wave run at the same time; waves run one after the other. */
export interface Scenario {
  waves: { steps: Step[]; cut: Cut | null }[];
  seed: number;
}

/** Requests a scenario draws from: few, so that retries, shared keys and shared limits are frequent. */
const REQUESTS = [
  { what: 'pay', identity: 0, resource: 0, amount: 3 },
  { what: 'spend', identity: 0, resource: 0, amount: 4 },
  { what: 'job', identity: 0, resource: 0, amount: 1 },
  { what: 'pay', identity: 1, resource: 0, amount: 4 },
  { what: 'spend', identity: 0, resource: 1, amount: 6 },
  { what: 'job', identity: 1, resource: 0, amount: 1 },
  { what: 'pay', identity: 0, resource: 1, amount: 6 },
  { what: 'read', identity: 0, resource: 0, amount: 0, document: 'a' },
  { what: 'read', identity: 1, resource: 0, amount: 0, document: 'b' },
  { what: 'bill', identity: 0, resource: 0, amount: 6 },
  { what: 'read', identity: 0, resource: 0, amount: 0, document: 'c' },
  { what: 'bill', identity: 1, resource: 0, amount: 5 },
  { what: 'read', identity: 1, resource: 0, amount: 0, document: 'a' },
] as const satisfies readonly (Pick<Request, 'what' | 'amount' | 'document'> & {
  identity: number;
  resource: number;
})[];
const SEMANTICS = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const satisfies Semantic[];

function requestOf(run: string, pick: number): Request {
  const n = pick % REQUESTS.length;
  const one: (typeof REQUESTS)[number] & { document?: string } = REQUESTS[n]!;
  const { what, identity, resource, amount, document } = one;
  return {
    ...(document ? { document } : {}),
    what,
    identity: `svc-${run}-${identity}`,
    resource: `res-${run}-${resource}`,
    session: `ses-${run}-${identity}-${n % 2}`,
    amount,
    key: `key-${run}-${n}`,
  };
}

/** Runs a scenario and answers what about it no order of its operations explains; null when all is explained. */
export async function contradiction(
  { waves, seed }: Scenario,
  { points, gate, run }: { points: Point[]; gate: Gate; run: string },
): Promise<string | null> {
  const luck = chance(seed);
  const holds = new Map<string, string>();
  const told = new Map<string, Request>();
  const asked = new Map<string, Request>();
  let states: State[] = [nothing];
  const history: string[] = [];
  let serial = 0;
  for (const { steps, cut } of waves) {
    const ops = steps.flatMap((step, at): { op: Op; point: Point }[] => {
      const point = points[(step.point + at) % points.length]!;
      if (step.do === 'ask') {
        const request = requestOf(run, step.pick);
        // Half of them ask anew instead of again.
        if (step.amount % 2 === 0) request.key = `${request.key}-${serial++}`;
        return [{ op: { do: 'ask', request }, point }];
      }
      if (step.do === 'look') return [{ op: { do: 'look', request: requestOf(run, step.pick) }, point }];
      if (step.do === 'batch') {
        const picks = Array.from({ length: 2 + (step.amount % 3) }, (_, nth) => step.pick + nth * (1 + step.amount));
        const requests = picks.map((pick) => requestOf(run, pick));
        for (const [nth, one] of requests.entries())
          if ((step.amount + nth) % 2 === 0) one.key = `${one.key}-${serial++}`;
        return [{ op: { do: 'batch', requests, semantic: SEMANTICS[step.amount % 3]! }, point }];
      }
      const known = [...told].filter(([, { what }]) => step.do === 'withdraw' || what === 'spend' || what === 'job');
      const of = known[step.pick % Math.max(1, known.length)]?.[0];
      if (!of) return [];
      if (step.do === 'settle' && told.get(of)!.what === 'job') return [{ op: { do: 'release', of }, point }];
      return [{ op: { do: step.do, of, amount: step.amount } as Op, point }];
    });
    const seen = await gate.controlled(
      luck,
      cut ? [cut] : [],
      ops.map(({ op, point }) => ({ by: point, run: () => point.run(op, holds) })),
    );
    const done = ops.map(({ op }, at) => ({ op, seen: seen[at]! }));
    for (const { op, seen: one } of done) {
      const requests = op.do === 'ask' ? [op.request] : op.do === 'batch' ? op.requests : [];
      const answers = one.saw === 'many' ? one.each : [one];
      for (const [nth, request] of requests.entries()) {
        asked.set(request.key, request);
        const answer = answers[nth];
        if (answer?.saw === 'allow') told.set(answer.id, request);
      }
    }
    history.push(
      done.map(({ op, seen: one }) => `${sayOp(op)} → ${saySeen(one)}`).join('\n  ') +
        (cut ? `\n  (connection lost ${cut.when} packet ${cut.at})` : ''),
    );
    states = anyOrder(states, done);
    if (!states.length) return explain(history, 'no order of the last wave explains what was seen');
  }
  const scopes = new Set(
    [...asked.values()].map((one) => `${one.what} ${one.what === 'spend' ? one.identity : one.resource}`),
  );
  const stands = new Map<string, number>();
  for (const name of scopes) {
    const [what, scope] = name.split(' ') as [Request['what'], string];
    stands.set(name, await standing(what, scope));
  }
  const fits = (state: State) =>
    [...stands].every(([name, value]) => {
      const [what, scope] = name.split(' ') as [Request['what'], string];
      return total(state, what, scope) === value;
    });
  if (states.some(fits)) return null;
  return explain(history, `the counters stand at ${JSON.stringify([...stands])}, which no explanation leaves`);
}

const explain = (history: string[], why: string): string =>
  `${why}\n${history.map((wave, at) => `wave ${at + 1}\n  ${wave}`).join('\n')}`;

const sayRequest = (request: Request): string => Object.values(request).join(' ');
const sayOp = (op: Op): string =>
  op.do === 'ask' || op.do === 'look'
    ? `${op.do} ${sayRequest(op.request)}`
    : op.do === 'batch'
      ? `batch, ${op.semantic}: ${op.requests.map(sayRequest).join('; ')}`
      : `${op.do} ${op.of}${op.do === 'settle' ? ` ${op.amount}` : ''}`;
const saySeen = (seen: Seen): string =>
  seen.saw === 'many' ? seen.each.map((one) => Object.values(one).join(' ')).join('; ') : Object.values(seen).join(' ');
