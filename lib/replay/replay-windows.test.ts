// A window that was changed: a shorter one is replayed exactly, of a longer one the replay says that it can not be.
import { expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask } from '@/lib/decisions/testing-ask';
import { clock } from '@/lib/platform/clock';
import { apply } from '@/lib/policies/apply';
import { counterfactual } from '@/lib/replay/counterfactual';
import type { ReplaySummary } from '@/lib/replay/model';
import { replay } from '@/lib/replay/replay';

testDatabase();

const policy = (over: string) => `set: windows
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: identity, over: ${over}, on: action.name == "pay" }
  seen: { distinct: resource.id, per: identity, over: ${over}, on: action.name == "pay" }
rules:
  - id: cap
    limit: { meter: paid, max: 100 }
`;
const put = (over: string) => apply(admin, { source: policy(over) });
const time = (): string => clock.now().toISOString();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const pay = (amount: number, resource = 'a') =>
  ask({ subject: 'svc', action: 'pay', resource, session: { id: 's1' }, context: { amount } });

async function since(from: string): Promise<ReplaySummary & { differs: string[] }> {
  const differs: string[] = [];
  const steps = replay(admin, { from, to: time() });
  for (;;) {
    const next = await steps.next();
    if (next.done) return { ...next.value, differs };
    differs.push(...next.value.differs);
  }
}

test('what happened under a window that was made shorter, and longer again', async () => {
  await put('1m');
  const start = time();
  await pause(3);
  await pay(60);
  await pay(1, 'b');
  await pause(3);
  const middle = time();
  await pause(3);
  await put('1s');
  await pause(2_300); // slices of a minute's window are of a second
  expect((await pay(70)).decision).toBe(true); // the 61 of before have left the shorter window
  await pause(3);
  for (const from of [start, middle])
    expect(await since(from)).toMatchObject({ differs: [], unknown: [], inexact: [] });

  const shorter = time();
  await pause(1_300);
  await put('1m');
  expect((await pay(40)).decision).toBe(false); // the 70 count again
  await pause(3);
  for (const from of [start, shorter]) {
    const { inexact, reproduced, decisions } = await since(from);
    expect(inexact).toEqual(['windows/paid']);
    expect(reproduced).toBeLessThan(decisions);
  }
  const { notes } = await counterfactual(admin, { from: start, to: time(), change: {} });
  expect(notes[0]).toBe(
    'windows/paid counted over another window before: what had left it, or had not yet, is not replayed exactly.',
  );
});
