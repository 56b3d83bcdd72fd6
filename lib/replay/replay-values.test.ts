// A replay that begins in the middle knows which values a `distinct` meter had seen, or says that it does not.
import { beforeAll, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask, token } from '@/lib/decisions/testing-ask';
import { withdraw } from '@/lib/exposures/withdraw';
import { clock } from '@/lib/platform/clock';
import { apply } from '@/lib/policies/apply';
import { counterfactual } from '@/lib/replay/counterfactual';
import type { Replayed, ReplaySummary } from '@/lib/replay/model';
import { replay } from '@/lib/replay/replay';

testDatabase();
beforeAll(() =>
  apply(admin, {
    source: `set: values
default: allow
meters:
  hosts: { distinct: resource, per: identity, over: 1h, on: action.name == "scan" }
  names: { distinct: resource.id, per: action.name, on: action.name == "name" }
  rooms: { distinct: resource.id, per: identity, over: 1h, on: action.name == "enter" }
  crowd: { live_sessions: true, per: identity, on: action.name == "enter" }
rules:
  - id: hosts
    limit: { meter: hosts, max: 3 }
  - id: names
    limit: { meter: names, max: 50 }
  - id: rooms
    limit: { meter: rooms, max: 1 }
  - id: crowd
    limit: { meter: crowd, max: 1 }
`,
  }),
);

const time = (): string => clock.now().toISOString();
/** A decision is dated up to some ms before it is answered, by a clock that is told late. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 40));

async function since(from: string): Promise<{ all: Replayed[]; sum: ReplaySummary }> {
  const all: Replayed[] = [];
  const steps = replay(admin, { from, to: time() });
  for (;;) {
    const next = await steps.next();
    if (next.done) return { all, sum: next.value };
    all.push(next.value);
  }
}
const differing = (all: Replayed[]) => all.flatMap((one) => one.differs);

test('values from before count on, as do those that were given back, used again or brought by another session', async () => {
  const scan = (resource: string, session = 's1') =>
    ask({ subject: 'svc-scan', action: 'scan', resource, session: { id: session } });
  await scan('a');
  await scan('b', 's2');
  const gone = await scan('c');
  await withdraw(token, { decisionId: gone.braid.decision_id as string });
  await scan('a', 's2');
  await pause();
  const from = time();
  await pause();
  expect((await scan('a')).decision).toBe(true);
  expect((await scan('d')).decision).toBe(true);
  expect((await scan('c')).decision).toBe(false);
  expect((await scan('b')).decision).toBe(true);
  const { all, sum } = await since(from);
  expect(sum).toMatchObject({ decisions: 4, reproduced: 4, unknown: [] });
  expect(differing(all)).toEqual([]);
  expect(all.map((one) => one.same.exposures[0]!.amount)).toEqual(['0', '1', '1', '0']);
});

test('what a session would have been granted by itself is known too where nothing was granted at all', async () => {
  const enter = (resource: string, session: string) =>
    ask({ subject: 'svc-guest', action: 'enter', resource, session: { id: session } });
  await ask({ subject: 'svc-guest', action: 'wait', resource: 'door', session: { id: 's2' } });
  const refused = await enter('hall', 's1');
  expect(refused.decision).toBe(false);
  await pause();
  const from = time();
  await pause();
  await enter('hall', 's1');
  await enter('attic', 's1');
  const { all, sum } = await since(from);
  expect(all.map(({ recorded }) => [recorded.verdict, recorded.alone])).toEqual([
    ['deny', 'allow'],
    ['deny', 'deny'],
  ]);
  expect(differing(all)).toEqual([]);
  expect(sum).toMatchObject({ decisions: 2, reproduced: 2, unknown: [] });
});

test('of an exposure that too many use it says that its values are not known', async () => {
  const name = (subject: string, resource: string) => ask({ subject, action: 'name', resource });
  for (let n = 0; n < 17; n += 1) await name(`svc-${n}`, 'shared');
  await pause();
  const from = time();
  await pause();
  await name('svc-0', 'shared');
  const { all, sum } = await since(from);
  expect(sum).toMatchObject({ decisions: 1, reproduced: 0, unknown: ['values/names'] });
  expect(differing(all)).toContain('exposure names amount 0 → 1');
  const { notes } = await counterfactual(admin, { from, to: time(), change: {} });
  expect(notes[0]).toBe(
    'Which values values/names had seen before is not known any more: they count from the first decision replayed.',
  );
});
