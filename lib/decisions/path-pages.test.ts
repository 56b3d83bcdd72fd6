// A path longer than a page comes in pages that leave nothing out and repeat nothing.
import { expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { path } from '@/lib/decisions/path';
import type { PathStep } from '@/lib/decisions/path-model';
import { admin, applyTestPolicies, ask } from '@/lib/decisions/testing-ask';
import { show } from '@/lib/exposures/show';

testDatabase();

test('pages of a path put together are the whole path', async () => {
  await applyTestPolicies();
  const pay = (n: number) =>
    ask({
      subject: 'svc-long',
      action: 'payment.create',
      resource: 'acct-long',
      session: { id: `s${n % 3}` },
      context: { amount: n % 7 === 0 ? 9_999 : 1 },
    });
  for (let n = 1; n <= 1500; n += 50) await Promise.all(Array.from({ length: 50 }, (_, index) => pay(n + index)));
  const exposure = (await show(admin, { meter: 'paid_24h', key: 'acct-long' })).items[0]!;
  const steps: PathStep[] = [];
  let before: string | undefined;
  let pages = 0;
  do {
    const page = await path(admin, { exposureId: exposure.id, before });
    steps.unshift(...page.steps);
    before = page.nextCursor ?? undefined;
    expect(page.truncated).toBe(page.nextCursor !== null);
    pages += 1;
  } while (before && pages < 20);
  expect(pages).toBeGreaterThan(1);
  expect(steps).toHaveLength(1500);
  expect(new Set(steps.map((step) => step.decisionId)).size).toBe(1500);
  expect(steps.filter((step) => step.kind === 'refused')).toHaveLength(Math.floor(1500 / 7));
  expect(steps.map((step) => step.at)).toEqual(steps.map((step) => step.at).sort());
  expect(steps.at(-1)!.after).toBe(exposure.settled);
}, 60_000);
