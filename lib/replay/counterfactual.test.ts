// What a replay says would have happened is what happens when it is done: the same requests under the other limit, or
// without the session, on the real decision point.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { show } from '@/lib/decisions/show';
import { admin, ask } from '@/lib/decisions/testing-ask';
import { show as showExposures } from '@/lib/exposures/show';
import { clock } from '@/lib/platform/clock';
import { apply } from '@/lib/policies/apply';
import { counterfactual } from '@/lib/replay/counterfactual';
import type { ChangeInput, Counterfactual } from '@/lib/replay/counterfactual-model';

testDatabase();

const POLICY = (cap: number, per = 'resource') => `set: lab
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: ${per}, over: 24h, on: action.name == "pay" }
  total: { sum: context.amount, unit: EUR, scale: 2, per: identity, on: action.name == "pay" }
  open: { sum: context.amount, unit: EUR, scale: 2, per: identity, settle: explicit, hold: 15m, over: 24h, on: action.name == "draw" }
  live: { live_sessions: true, per: identity }
rules:
  - id: cap
    limit: { meter: paid, max: ${cap} }
  - id: total-cap
    limit: { meter: total, max: 260 }
  - id: open-cap
    limit: { meter: open, max: 100 }
  - id: many
    on: action.name == "pay"
    step_up: sessions.exists(s, "night" in s.tags && s.id != session.id)
`;

interface Asked {
  action: 'pay' | 'draw';
  session: number;
  account: number;
  amount: number;
}

const asks = fc.array(
  fc.record({
    action: fc.constantFrom('pay' as const, 'pay' as const, 'draw' as const),
    session: fc.integer({ min: 0, max: 3 }),
    account: fc.integer({ min: 0, max: 1 }),
    amount: fc.integer({ min: 1, max: 70 }),
  }),
  { minLength: 3, maxLength: 25, size: 'max' },
);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const now = () => clock.now().toISOString();

interface Ran {
  from: string;
  to: string;
  verdicts: string[];
  ids: string[];
  at: string[];
}

/** Asks for real, one after the other; those of `without` from a place on are left out. */
async function run(list: Asked[], salt: string, without?: { session: number; since: number }): Promise<Ran> {
  const from = now();
  await pause(2);
  const ran: Ran = { from, to: '', verdicts: [], ids: [], at: [] };
  for (const [index, one] of list.entries()) {
    if (without && one.session === without.session && index >= without.since) {
      ran.verdicts.push('deny');
      continue;
    }
    const { braid } = await ask({
      subject: `svc-${salt}`,
      action: one.action,
      resource: `acct-${salt}-${one.account}`,
      context: { amount: one.amount },
      session: { id: `s${one.session}`, tags: one.session === 3 ? ['night'] : [] },
    });
    ran.verdicts.push(braid.verdict as string);
    ran.ids.push(braid.decision_id as string);
    ran.at.push(now());
    await pause(1);
  }
  await pause(2);
  return { ...ran, to: now() };
}

function would(ran: Ran, answer: Counterfactual): string[] {
  const flips = new Map(answer.flips.map((one) => [one.decisionId, one.would as string]));
  return ran.ids.map((id, index) => flips.get(id) ?? ran.verdicts[index]!);
}

const what = (ran: Ran, change: ChangeInput, exposureId?: string) =>
  counterfactual(admin, { from: ran.from, to: ran.to, exposureId, change });

let count = 0;
const salted = () => `c${count++}`;

beforeAll(async () => {
  await apply(admin, { source: POLICY(100) });
});

describe('F4: counterfactual', () => {
  test('another limit, scope or version: what is told is what happens', async () => {
    await fc.assert(
      fc.asyncProperty(asks, fc.integer({ min: 20, max: 200 }), fc.boolean(), async (list, cap, byScope) => {
        await apply(admin, { source: POLICY(100) });
        const before = await run(list, salted());
        const told = await what(
          before,
          byScope
            ? { scopes: [{ set: 'lab', meter: 'paid', per: 'session' }] }
            : { limits: [{ set: 'lab', rule: 'cap', max: String(cap) }] },
        );
        expect(told).toMatchObject({ decisions: list.length, reproduced: list.length, truncated: false });
        const { version } = await apply(admin, { source: byScope ? POLICY(100, 'session') : POLICY(cap) });
        const after = await run(list, salted());
        expect(would(before, told)).toEqual(after.verdicts);
        const stored = await what(before, { versions: [{ set: 'lab', version }] });
        expect(would(before, stored)).toEqual(after.verdicts);
        const paid = list.reduce((sum, one, index) => sum + (after.verdicts[index] === 'allow' ? one.amount : 0), 0);
        expect(told.value.find((one) => one.unit === 'EUR')?.would ?? '0').toBe(String(paid * 100));
      }),
      { numRuns: 6 },
    );
  }, 300_000);

  test('a session that never was, or had ended: what is told is what happens', async () => {
    await fc.assert(
      fc.asyncProperty(asks, fc.integer({ min: 0, max: 3 }), fc.nat(), async (list, session, where) => {
        await apply(admin, { source: POLICY(100) });
        const since = where % list.length;
        const before = await run(list, salted());
        const never = await run(list, salted(), { session, since: 0 });
        const sessionId = await idOf(before, list, session);
        if (!sessionId) return;
        expect(would(before, await what(before, { ended: [{ sessionId }] }))).toEqual(never.verdicts);
        // Ended in the middle, what it had settled stays, and nothing is held at that instant in this history's pays.
        const pays = list.map((one) => ({ ...one, action: 'pay' as const, session: one.session % 3 }));
        const first = await run(pays, salted());
        const later = await run(pays, salted(), { session: session % 3, since });
        const other = await idOf(first, pays, session % 3);
        if (!other) return;
        const at = since === 0 ? first.from : first.at[since - 1]!;
        expect(would(first, await what(first, { ended: [{ sessionId: other, at }] }))).toEqual(later.verdicts);
      }),
      { numRuns: 6 },
    );
  }, 300_000);

  test('the limit it had flips nothing; what can not be asked is said', async () => {
    await apply(admin, { source: POLICY(100) });
    const ran = await run(
      [
        { action: 'pay', session: 0, account: 0, amount: 60 },
        { action: 'pay', session: 1, account: 0, amount: 50 },
      ],
      salted(),
    );
    const exposureId = (await showExposures(admin, { meter: 'paid' })).items.find((one) => one.settled === '6000')!.id;
    const same = await what(ran, { limits: [{ set: 'lab', rule: 'cap', max: '100.00' }] }, exposureId);
    expect(same).toMatchObject({ flipped: 0, flips: [], reproduced: same.decisions });
    expect(same.exposure!.points.every((point) => point.was === point.would)).toBe(true);
    const higher = await what(ran, { limits: [{ set: 'lab', rule: 'cap', max: '110' }] }, exposureId);
    expect(higher).toMatchObject({
      flipped: 1,
      flips: [{ was: 'deny', would: 'allow', amount: '5000' }],
      value: [{ unit: 'EUR', was: '6000', would: '11000' }],
      rules: [{ set: 'lab', ruleId: 'cap', was: 1, would: 0 }],
      exposure: { limitWas: '10000', limitWould: '11000' },
    });
    expect(higher.exposure!.points.at(-1)).toMatchObject({ was: '6000', would: '11000' });
    const nothing = await what(ran, {}, exposureId);
    expect(nothing).toMatchObject({ since: 'period', flipped: 0, decisions: 2, reproduced: 2, notes: [] });
    expect(await what(ran, {}, exposureId)).toEqual(nothing);
    const last = await show(admin, { id: ran.ids[1]! });
    const ended = await what(ran, { ended: [{ sessionId: last.trace.session!.id, at: ran.at[0]! }] }, exposureId);
    expect(ended).toMatchObject({ since: 'change', decisions: 1, reproduced: 1, from: last.decision.at });
    expect(ended.notes.join(' ')).toContain('Counted from the change on');
    await expect(what(ran, { limits: [{ set: 'lab', rule: 'none', max: '1' }] })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(what(ran, { scopes: [{ set: 'lab', meter: 'paid', per: 'resorce.id' }] })).rejects.toMatchObject({
      code: 'policy.invalid',
    });
  });
});

async function idOf(ran: Ran, list: Asked[], session: number): Promise<string | undefined> {
  const index = list.findIndex((one) => one.session === session);
  if (index < 0) return undefined;
  return (await show(admin, { id: ran.ids[index]! })).trace.session!.id;
}
