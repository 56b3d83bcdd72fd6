import { beforeAll, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { verify } from '@/lib/decisions/verify';
import { show } from '@/lib/exposures/show';
import { withdraw } from '@/lib/exposures/withdraw';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';

testDatabase();

const admin: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
const token: Ctx = {
  actor: { kind: 'token', id: newId(), name: 'payments-api', scopes: ['decide'], issuer: 'default' },
};

beforeAll(() =>
  apply(admin, {
    source: `set: pay
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h, on: resource.type == "account" }
  asked: { count: true, per: identity, over: 1h, on: resource.type != "host" }
rules:
  - id: cap
    limit: { meter: paid, max: 100 }
`,
  }),
);

const ask = async (resource: string, amount: number, key?: string) => {
  const { decision, context } = await decide(token, {
    subject: { type: 'service_account', id: 'svc' },
    action: { name: 'payment.create' },
    resource: { type: 'account', id: resource },
    context: { amount, braid: { session: { id: 's' }, ...(key ? { idempotency_key: key } : {}) } },
  });
  return { decision, decisionId: context.evaluation_id as string };
};
const settled = async (key: string) => (await show(admin, { meter: 'paid', key })).items[0]!.settled;

test('what an allow counted at once is given back once, for everybody and for the session alone', async () => {
  const { decisionId } = await ask('a', 80);
  expect((await ask('a', 30)).decision).toBe(false);
  expect(await withdraw(token, { decisionId })).toBe(2);
  expect(await settled('a')).toBe('0');
  expect(await withdraw(token, { decisionId })).toBe(0);
  expect((await ask('a', 100)).decision).toBe(true);
  expect((await ask('a', 0.01)).decision).toBe(false);
  expect((await verify(admin)).problems).toEqual([]);
});

test('a retry after it was given back is decided anew; one answered before keeps it counted', async () => {
  const first = await ask('b', 80, 'one');
  await withdraw(token, { decisionId: first.decisionId });
  const again = await ask('b', 80, 'one');
  expect(again.decision).toBe(true);
  expect(again.decisionId).not.toBe(first.decisionId);
  expect((await ask('b', 80, 'one')).decisionId).toBe(again.decisionId);
  expect(await withdraw(token, { decisionId: again.decisionId })).toBe(0);
  expect(await settled('b')).toBe('8000');
  expect((await verify(admin)).problems).toEqual([]);
});

test('a refused request and one that counted nothing give nothing back', async () => {
  const refused = await ask('c', 101);
  expect(refused.decision).toBe(false);
  expect(await withdraw(token, { decisionId: refused.decisionId })).toBe(0);
  expect(await withdraw(token, { decisionId: newId() })).toBe(0);
});

test('a hold whose retry has been answered stays held; one nobody was told of is given back', async () => {
  await apply(admin, {
    source: `set: held
default: allow
meters:
  spend: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h, settle: explicit, hold: 15m, on: resource.type == "tool" }
rules:
  - id: budget
    limit: { meter: spend, max: 100 }
`,
  });
  const use = async (resource: string, key: string) => {
    const { decision, context } = await decide(token, {
      subject: { type: 'service_account', id: 'svc' },
      action: { name: 'tool.call' },
      resource: { type: 'tool', id: resource },
      context: { amount: 60, braid: { session: { id: 's' }, idempotency_key: key } },
    });
    const braid = context.braid as { decision_id: string; hold_id?: string };
    return { decision, decisionId: braid.decision_id, holdId: braid.hold_id };
  };
  const untold = await use('t1', 'untold');
  expect(await withdraw(token, untold)).toBeGreaterThan(0);
  expect(await withdraw(token, untold)).toBe(0);
  expect((await use('t1', 'other')).decision).toBe(true);

  const first = await use('t2', 'told');
  expect((await use('t2', 'told')).holdId).toBe(first.holdId);
  expect(await withdraw(token, first)).toBe(0);
  expect((await use('t2', 'another')).decision).toBe(false);
  expect((await verify(admin)).problems).toEqual([]);
});

test('a value that an allow brought is given back, unless somebody else or a later request counts on it', async () => {
  await apply(admin, {
    source: `set: hosts
default: allow
meters:
  hosts: { distinct: resource, per: identity, over: 1h, on: action.name == "scan" }
  ever: { distinct: resource, per: identity, on: action.name == "scan" }
rules:
  - id: hosts
    limit: { meter: hosts, max: 2 }
`,
  });
  const scan = async (host: string, session = 's') => {
    const { decision, context } = await decide(token, {
      subject: { type: 'service_account', id: 'scanner' },
      action: { name: 'scan' },
      resource: { type: 'host', id: host },
      context: { braid: { session: { id: session } } },
    });
    return { decision, decisionId: context.evaluation_id as string, alone: (context.braid as { alone: string }).alone };
  };
  const first = await scan('a');
  const second = await scan('b');
  expect((await scan('c')).decision).toBe(false);
  expect(await withdraw(token, second)).toBeGreaterThan(0);
  expect(await withdraw(token, second)).toBe(0);
  const third = await scan('c');
  expect(third).toMatchObject({ decision: true, alone: 'allow' });
  // Used again by the same session, or by another: it goes on counting.
  await scan('a');
  await scan('c', 'other');
  expect(await withdraw(token, first)).toBe(0);
  expect(await withdraw(token, third)).toBe(0);
  expect((await scan('b')).decision).toBe(false);
  expect((await verify(admin)).problems).toEqual([]);
});
