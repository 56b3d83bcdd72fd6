import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Moved, tracePath } from '@/lib/decisions/trace-path';

const WINDOW = 60;

const entry = (atSecs: number, sessionId: string, settled: bigint, now: bigint, revision: number): Moved => ({
  revision: BigInt(revision),
  at: new Date(atSecs * 1000),
  kind: settled < 0n ? 'leave' : 'settle',
  settled,
  held: 0n,
  settled_now: now,
  held_now: 0n,
  session_id: sessionId,
  identity_id: 'i',
  decision_id: null,
});

/** A whole ledger of a sliding window with slices of one second, as the decision point writes it. */
function ledger(asks: { at: number; session: string; amount: bigint }[]): Moved[] {
  const events = asks.flatMap((ask) => [
    { at: ask.at, session: ask.session, change: ask.amount },
    { at: ask.at + WINDOW, session: ask.session, change: -ask.amount },
  ]);
  events.sort((a, b) => a.at - b.at || Number(a.change > 0n) - Number(b.change > 0n));
  let now = 0n;
  return events.map((event, at) => {
    now += event.change;
    return entry(event.at, event.session, event.change, now, at + 1);
  });
}

test('wherever the period begins, no strand is negative and strands add up to the whole', () => {
  const ask = fc.record({
    at: fc.integer({ min: 0, max: 200 }),
    session: fc.constantFrom('a', 'b', 'c'),
    amount: fc.bigInt(1n, 9n),
  });
  fc.assert(
    fc.property(fc.array(ask, { maxLength: 40 }), fc.integer({ min: 0, max: 150 }), (asks, from) => {
      const to = from + WINDOW + 1;
      const moved = ledger(asks).filter((one) => one.at.getTime() >= from * 1000 && one.at.getTime() <= to * 1000);
      const steps = tracePath(moved, [], new Map(), WINDOW);
      const own = new Map<string, bigint>();
      const known = new Set<string>();
      for (const step of steps) {
        expect(BigInt(step.own)).toBeGreaterThanOrEqual(0n);
        own.set(step.sessionId!, BigInt(step.own));
        known.add(step.sessionId!);
        // Once every session of the period has spoken, the strands are the whole.
        if (known.size === new Set(moved.map((one) => one.session_id)).size)
          expect([...own.values()].reduce((sum, part) => sum + part, 0n)).toBe(BigInt(step.after));
      }
    }),
  );
});

test('a hold taken before the period and given back in it leaves no strand below nothing', () => {
  const release: Moved = { ...entry(10, 'a', 0n, 0n, 2), kind: 'release', held: -5n };
  const [step] = tracePath([release], [], new Map(), WINDOW);
  expect(step).toMatchObject({ own: '0', after: '0', amount: '-5' });
});
