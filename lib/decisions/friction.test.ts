import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { frictionSchema, LATENCY_BOUNDS, shareWithin, within } from '@/lib/decisions/friction-model';
import { showFriction } from '@/lib/decisions/show-friction';
import { tally } from '@/lib/decisions/tally';
import { admin, applyTestPolicies, ask } from '@/lib/decisions/testing-ask';
import { clock } from '@/lib/platform/clock';
import { apply } from '@/lib/policies/apply';
import { exempt } from '@/lib/policies/exempt';

testDatabase();

/** Counts as the database counts them. */
const classes = (times: number[]): number[] => {
  const counts = Array.from({ length: LATENCY_BOUNDS.length + 1 }, () => 0);
  for (const us of times) {
    const at = LATENCY_BOUNDS.findIndex((bound) => us <= bound);
    counts[at < 0 ? LATENCY_BOUNDS.length : at]! += 1;
  }
  return counts;
};

describe('latencies in classes', () => {
  test('a share read from them is off by less than its class', () => {
    const times = fc.array(fc.integer({ min: 1, max: 1_900_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.95, 0.99), (all, share) => {
        const sorted = [...all].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(share * sorted.length) - 1]!;
        const at = LATENCY_BOUNDS.findIndex((bound) => exact <= bound);
        const read = within(share, classes(all))!;
        expect(read).toBeGreaterThanOrEqual(at === 0 ? 0 : LATENCY_BOUNDS[at - 1]!);
        expect(read).toBeLessThanOrEqual(LATENCY_BOUNDS[at]!);
      }),
    );
  });

  test('nothing counted is not known, and what took longer than the last bound is said to have taken it', () => {
    expect(within(0.5, classes([]))).toBeNull();
    expect(shareWithin(1_000, classes([]))).toBeNull();
    expect(within(0.5, classes([9_000_000]))).toBe(2_000_000);
    expect(shareWithin(2_000_000, classes([9_000_000, 100]))).toBe(0.5);
    expect(shareWithin(250, classes([100, 200, 300, 5_000]))).toBe(0.5);
  });
});

const pay = (amount: number, session: string) =>
  ask({ subject: 'svc-friction', resource: 'acct-friction', session: { id: session }, context: { amount } });

beforeAll(async () => {
  await applyTestPolicies();
  await apply(admin, { source: 'set: quick\ndefault: allow\nlatency_budget: 10s\nrules: []\n' });
});

test('decisions are counted once however often they are counted, by verdict, rule, day and enforcement point', async () => {
  const answers = [];
  for (let i = 0; i < 6; i++) answers.push(await pay(4_000, `s${i % 3}`));
  await ask({
    subject: 'svc-friction',
    resource: 'acct-friction',
    session: { id: 's0' },
    context: { amount: 1 },
    braid: { dry_run: true },
  });
  const allowed = answers.filter((answer) => answer.decision).length;
  await tally(admin);
  await tally(admin, { backMs: 86_400_000 });
  const friction = await showFriction(admin, { days: 2 });
  expect(() => frictionSchema.parse(friction)).not.toThrow();
  expect(friction.total).toBe(6);
  expect(friction.byVerdict).toMatchObject({ allow: allowed, deny: 6 - allowed });
  expect(friction.days).toHaveLength(2);
  expect(friction.days.at(-1)).toMatchObject({ day: clock.now().toISOString().slice(0, 10), allow: allowed });
  const { rows } = await pool().query<{ rule_id: string; policy_set: string }>(
    `select distinct policy_set, rule_id from decisions where verdict = 'deny'`,
  );
  expect(friction.rules).toMatchObject([
    { policySet: rows[0]!.policy_set, ruleId: rows[0]!.rule_id, verdict: 'deny', n: 6 - allowed },
  ]);
  expect(friction.rules[0]!.split).toBeGreaterThan(0);
  const { rows: took } = await pool().query<{ most: number }>(
    'select max(latency_us) as most from decisions where not dry_run',
  );
  const bound = LATENCY_BOUNDS.find((each) => took[0]!.most <= each)!;
  expect(friction.latency.p99Us).toBeLessThanOrEqual(bound);
  expect(friction.latency.p50Us).toBeLessThanOrEqual(friction.latency.p99Us!);
  expect(friction.points.reduce((sum, point) => sum + point.n, 0)).toBe(6);
  expect(friction.budgets).toEqual([{ policySet: 'quick', budgetMs: 10_000, within: 1 }]);
});

test('what comes later is counted with the next pass', async () => {
  const before = await showFriction(admin, { days: 1 });
  await pay(1, 's9');
  expect((await showFriction(admin, { days: 1 })).total).toBe(before.total);
  await tally(admin);
  expect((await showFriction(admin, { days: 1 })).total).toBe(before.total + 1);
});

test('an exemption is something taken back, with its rule, reason and giver', async () => {
  const before = await showFriction(admin, { days: 1 });
  const [rule] = before.rules;
  const { rows } = await pool().query<{ id: string }>(
    `select i.id from identities i join identity_aliases a on a.identity_id = i.id where a.external_id = 'svc-friction'`,
  );
  await exempt(admin, {
    set: rule!.policySet,
    rule: rule!.ruleId,
    identityId: rows[0]!.id,
    reason: 'a batch that is known',
    until: new Date(clock.ms() + 3_600_000).toISOString(),
  });
  const after = await showFriction(admin, { days: 1 });
  expect(after.takenBackTotal).toBe(before.takenBackTotal + 1);
  expect(after.takenBack[0]).toMatchObject({
    kind: 'exemption',
    identityId: rows[0]!.id,
    rule: `${rule!.policySet}/${rule!.ruleId}`,
    reason: 'a batch that is known',
  });
  expect(after.rules[0]).toMatchObject({ ruleId: rule!.ruleId, takenBack: 1 });
});
