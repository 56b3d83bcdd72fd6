// Limits that can't fire in shadow are named by whoever could put them there, and the way to watch a first rollout works.
import { expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { show as showDecision } from '@/lib/decisions/show';
import { admin, token } from '@/lib/decisions/testing-ask';
import { apply } from '@/lib/policies/apply';
import { retire } from '@/lib/policies/retire';
import { shadowResults } from '@/lib/policies/shadow-results';

testDatabase();

const reason = 'a first rollout';

test('a first rollout is watched by an active version whose rules are in shadow, as the note about it says', async () => {
  const first = (mode: string, own: string) =>
    `set: first\n${mode}default: allow\nmeters:\n  n: { count: true, per: identity, over: 1h, on: action.name == "first" }\nrules:\n  - { id: most, ${own}limit: { meter: n, max: 1 } }\n`;
  for (const { notes } of [
    await apply(admin, { source: first('', ''), shadow: true, dryRun: true }),
    await apply(admin, { source: first('mode: shadow\n', ''), dryRun: true }),
  ])
    expect(notes).toEqual([expect.stringMatching(/can not fire in shadow \(most\).*mode: shadow on each rule/)]);
  expect((await apply(admin, { source: first('', 'mode: shadow, ') })).notes).toEqual([]);
  for (const fired of [false, true]) {
    const { decision, context } = await decide(token, {
      subject: { type: 'service_account', id: 'svc-first' },
      action: { name: 'first' },
      resource: { type: 'account', id: '1' },
    });
    expect(decision).toBe(true);
    const { trace } = await showDecision(admin, { id: String(context.evaluation_id) });
    expect(trace.rules.find((one) => one.id === 'most')).toMatchObject({ mode: 'shadow', fired });
  }
  expect((await shadowResults(admin, { set: 'first' })).deaf).toBeNull();
  expect((await apply(admin, { source: first('', ''), shadow: true })).notes).toEqual([]);
  await retire(admin, { name: 'first', reason, what: 'active' });
  expect((await shadowResults(admin, { set: 'first' })).deaf).toContain('most');
  await retire(admin, { name: 'first', reason, what: 'shadow' });
});
