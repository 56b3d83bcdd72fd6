import { chance } from '@/bench/lab/chance';
import type { Cut, Gate } from '@/bench/model/gate';
import { anyOrder, nothing, type Op, type Request, type Seen, type State, total } from '@/bench/model/reference';
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
] as const;

function requestOf(run: string, pick: number): Request {
  const n = pick % REQUESTS.length;
  const { what, identity, resource, amount } = REQUESTS[n]!;
  return {
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
      const known = [...told].filter(([, { what }]) => step.do === 'withdraw' || what !== 'pay');
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
      if (op.do === 'ask') asked.set(op.request.key, op.request);
      if (op.do === 'ask' && one.saw === 'allow') told.set(one.id, op.request);
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

const sayOp = (op: Op): string =>
  op.do === 'ask'
    ? `ask ${Object.values(op.request).join(' ')}`
    : `${op.do} ${op.of}${op.do === 'settle' ? ` ${op.amount}` : ''}`;
const saySeen = (seen: Seen): string => Object.values(seen).join(' ');
