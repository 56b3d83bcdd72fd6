// A path goes as far back as what it counts: the period of the calendar, a sliding window, or page by page for ever.
import { beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { path } from '@/lib/decisions/path';
import { admin, ask } from '@/lib/decisions/testing-ask';
import { show } from '@/lib/exposures/show';
import { periodEnd } from '@/lib/exposures/window-state';
import { clock } from '@/lib/platform/clock';
import { apply } from '@/lib/policies/apply';
import { counterfactualOf } from '@/lib/replay/counterfactual-of';

testDatabase();

// Where it is about noon, so that midnight does not fall into the test.
const hours = 12 - clock.now().getUTCHours();
const ZONE = `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;

beforeAll(() =>
  apply(admin, {
    source: `set: calendar
default: allow
meters:
  today: { sum: context.amount, unit: EUR, scale: 2, per: identity, window: { fixed: day, zone: ${ZONE} }, on: action.name == "day" }
  month: { sum: context.amount, unit: EUR, scale: 2, per: identity, window: { fixed: month }, on: action.name == "month" }
  ever: { sum: context.amount, unit: EUR, scale: 2, per: identity, on: action.name == "ever" }
rules:
  - { id: today, limit: { meter: today, max: 50 } }
  - { id: month, limit: { meter: month, max: 50 } }
  - { id: ever, limit: { meter: ever, max: 50 } }
`,
  }),
);

const pay = (action: string, amount: number, id = 's1') =>
  ask({ subject: 'svc', action, session: { id }, context: { amount } });
const pause = () => new Promise((resolve) => setTimeout(resolve, 40));

test.each([
  ['day', `day ${ZONE}`],
  ['month', 'month UTC'],
])('the path of a limit by the %s begins with the period, and What if with the path', async (action, calendar) => {
  const first = await pay(action, 30, 's1');
  await pause();
  const second = await pay(action, 15, 's2');
  await pause();
  const refused = await pay(action, 10, 's3');
  expect([first.decision, second.decision, refused.decision]).toEqual([true, true, false]);
  const ids = [first, second, refused].map((one) => one.braid.decision_id);
  const found = await path(admin, { decisionId: String(ids[2]) });
  expect(found.steps.map((step) => step.decisionId)).toEqual(ids);
  expect(found.exposure).toMatchObject({ windowSecs: 0, calendar });
  expect(found).toMatchObject({ crossing: 2, truncated: false, nextCursor: null });
  expect(periodEnd(calendar, Date.parse(found.from))).toBe(periodEnd(calendar, Date.parse(found.steps[2]!.at)));
  expect((await path(admin, { exposureId: found.exposure.id })).steps).toHaveLength(3);
  const change = { limits: [{ set: 'calendar', rule: action === 'day' ? 'today' : 'month', max: '40' }] };
  const otherwise = await counterfactualOf(admin, { decisionId: String(ids[2]), change });
  expect(otherwise.flips.map((flip) => flip.decisionId)).toContain(ids[1]);
});

test('what never leaves has its path page by page, and says what lies before', async () => {
  for (const amount of [10, 20, 5]) await pay('ever', amount);
  const last = await pay('ever', 40);
  const exposure = (await show(admin, { meter: 'ever' })).items[0]!;
  const move = (revision: number, days: number) =>
    pool().query(
      `update ledger_entries set at = at - make_interval(days => $3) where exposure_id = $1 and revision = $2`,
      [exposure.id, revision, days],
    );
  await move(1, 100);
  await move(2, 40);
  const pages = [await path(admin, { decisionId: String(last.braid.decision_id) })];
  expect(pages[0]!.steps.map((step) => step.after)).toEqual(['3500', '3500']);
  expect(pages[0]).toMatchObject({ truncated: true });
  for (let before = pages[0]!.nextCursor; before; before = pages.at(-1)!.nextCursor)
    pages.push(await path(admin, { exposureId: exposure.id, before }));
  expect(pages.map((page) => page.steps.map((step) => step.after))).toEqual([['3500', '3500'], ['3000'], ['1000']]);
  expect(pages.map((page) => page.truncated)).toEqual([true, true, false]);
});
