// What a person approved, or an assurance satisfied, is no finding; what nothing satisfied is.
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { approve } from '@/lib/approvals/approve';
import {
  admin,
  approvalOf,
  begin,
  carrying,
  next,
  now,
  operator,
  POLICY,
  pay,
  requested,
} from '@/lib/approvals/testing-approvals';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { decide } from '@/lib/decisions/decide';
import { settle } from '@/lib/exposures/settle';
import { show as exposures } from '@/lib/exposures/show';
import { list } from '@/lib/findings/list';
import type { Found } from '@/lib/findings/model';
import { raise } from '@/lib/findings/raise';
import { reconsider } from '@/lib/findings/reconsider';
import { scanDecisions } from '@/lib/findings/scan-decisions';
import { apply } from '@/lib/policies/apply';

testDatabase();

const HOLDS = `
set: spending
default: allow
meters:
  spent: { sum: context.cost, unit: EUR, per: identity, over: 24h, on: action.name == "buy", settle: explicit, hold: 10m }
rules:
  - id: large
    limit: { meter: spent, max: 1000, verdict: step_up }
    acr_values: [mfa]
`;

beforeAll(async () => {
  await begin();
  await apply(admin, { source: HOLDS });
});
beforeEach(next);

const found = async () => {
  await scanDecisions(systemCtx('detection'));
  return (await list(admin, { q: now.who })).items.map((one) => one.title);
};

const buy = (cost: number, acr?: string) =>
  decide(now.caller, {
    subject: { type: 'service_account', id: now.who },
    action: { name: 'buy' },
    resource: { type: 'shop', id: 'x' },
    context: { cost, braid: { session: { id: 's1' }, ...(acr ? { assurance: { acr } } : {}) } },
  });

async function approved(amount: number, session: string) {
  const request = await requested(pay(amount, session));
  await approve(operator, { id: request.id, reason: 'seen' });
  return decide(now.caller, carrying(pay(amount, session), await approvalOf(request.id), session));
}

test('an approved payment above the limit of a step-up is no finding, even when several sessions made the sum', async () => {
  expect((await decide(now.caller, pay(700, 's1'))).decision).toBe(true);
  expect((await approved(1_500, 's2')).decision).toBe(true);
  expect(await found()).toEqual([]);
});

test('nor is one that carried the assurance that was asked for', async () => {
  expect((await buy(1_400)).context.reason).toBe('aggregate_value_exceeded');
  expect((await buy(1_400, 'mfa')).decision).toBe(true);
  expect(await found()).toEqual([]);
});

test('a request that nobody approved is still told', async () => {
  expect((await decide(now.caller, pay(700, 's1'))).decision).toBe(true);
  expect((await decide(now.caller, pay(600, 's2'))).decision).toBe(false);
  expect(await found()).toEqual(['Payments split over 2 sessions, 1 of them only refused']);
});

test('more settled than was held stands above the limit, whatever had been let past it before', async () => {
  await buy(1_400, 'mfa');
  const small = await buy(100, 'mfa');
  const { hold_id: holdId } = small.context.braid as { hold_id: string };
  await settle(now.caller, { holdId, amount: 900 });
  await buy(1, undefined);
  expect(await found()).toEqual(['spent stands above its limit']);
});

test('a limit that was lowered beneath what was approved is told', async () => {
  expect((await approved(1_500, 's1')).decision).toBe(true);
  await apply(admin, { source: POLICY.replace('max: 1000,', 'max: 500,') });
  expect((await decide(now.caller, pay(1, 's1'))).decision).toBe(false);
  expect(await found()).toEqual(['paid stands above its limit']);
});

test('one that was told before closes by itself once the ledger shows that it was let past, and says so', async () => {
  expect((await approved(1_500, 's1')).decision).toBe(true);
  const { items } = await exposures(admin, { meter: 'paid', key: `acct-${now.who}` });
  const [exposure] = items;
  const [identityId] = exposure!.contributors.flatMap((one) => one.identityId ?? []);
  const told = (exposureId: string): Found => ({
    identityId: identityId!,
    detector: 'limit-crossed',
    cause: `exposure:${exposureId}`,
    severity: 'high',
    title: 'paid stands above its limit',
    summary: 'As it was told once.',
    reasons: [],
    evidence: { sessions: [], decisions: [], events: [], exposureId },
    firstSeenAt: exposure!.updatedAt,
    lastSeenAt: exposure!.updatedAt,
  });
  const system = systemCtx('detection');
  const { ids } = await transaction((tx) => raise(tx, system, [told(exposure!.id)]));
  expect(await reconsider(system)).toEqual(ids);
  expect((await list(admin, { q: now.who, state: 'closed' })).items).toMatchObject([
    { id: ids[0], disposition: 'false_positive', stateBy: 'detection' },
  ]);
  await found();
  expect((await list(admin, { q: now.who, state: 'open' })).items).toEqual([]);
  expect(await reconsider(system)).toEqual([]);
});
