// What the client makes of an answer: what it is asked for, what it is obliged to, and for how long it may act on it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { setPoint } from '@/lib/access/set-point';
import { Braid } from '@/lib/client/generated/client.mjs';
import { testDatabase } from '@/lib/db/testing';
import { newId, newSecret } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { addToken, admin, endAll, type Pdp, startProcess } from '@/lib/server/testing-pdp';

const db = testDatabase();
const token = `brd_${newSecret(24)}`;
let pdp: Pdp;
let braid: Braid;
let n = 0;
let account = '';

const POLICY = `
set: client
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h, on: action.name == "payment.create" }
  sent: { count: true, per: resource.id, over: 24h, on: action.name == "mail.send" }
rules:
  - { id: cap, limit: { meter: paid, max: 1000 } }
  - { id: mails, limit: { meter: sent, max: 3 } }
  - { id: fresh, on: action.name == "secret.read", step_up: true, acr_values: [mfa, phishing-resistant], max_trust_age: 15m }
  - { id: sure, on: action.name == "key.read", step_up: true }
  - { id: told, on: action.name == "note.write", allow: true, obligations: [{ type: notification, properties: { to: soc, body: a note } }] }
`;

beforeAll(async () => {
  await addToken(newId(), token, ['decide']);
  await apply(admin, { source: POLICY });
  pdp = await startProcess(db.url);
  braid = new Braid({ url: pdp.url, token });
}, 60_000);
afterAll(endAll);
beforeEach(() => {
  account = `acct-${++n}`;
});

const pay = (amount: number) => ({
  subject: { type: 'service_account', id: 'svc-client' },
  action: { name: 'payment.create' },
  resource: { type: 'account', id: account },
  context: { amount },
});
const mail = () => ({ ...pay(0), action: { name: 'mail.send' }, context: {} });
const standing = async (meter: string) => {
  const [one] = await braid.exposure({ meter, scope: 'account', key: account });
  return one ? [one.settled, one.held] : ['0', '0'];
};

describe('what an answer asks of its caller', () => {
  const on = (name: string, resource = 'r') => ({
    ...mail(),
    action: { name },
    resource: { type: 'thing', id: resource },
  });

  test('a step-up says what satisfies it and how fresh, and is satisfied by it', async () => {
    const session = { id: 'stepping', posture: 'compliant', asn: 64500, kind: 'worker' as const };
    const asked = await braid.evaluate(on('secret.read'), { session });
    expect(asked).toMatchObject({
      allowed: false,
      verdict: 'step_up',
      ruleId: 'fresh',
      policySet: 'client',
      acrValues: ['mfa', 'phishing-resistant'],
      maxAge: 900,
      obligations: [{ id: 'fresh', type: 'step-up', properties: { acr_value: 'mfa' } }],
    });
    const old = new Date(performance.timeOrigin + performance.now() - 3_600_000).toISOString();
    const stale = await braid.evaluate(on('secret.read'), { session, assurance: { acr: 'mfa', at: old } });
    expect(stale.verdict).toBe('step_up');
    const [acr] = asked.acrValues;
    expect((await braid.evaluate(on('secret.read'), { session, assurance: { acr: acr! } })).allowed).toBe(true);
    expect((await braid.evaluate(on('secret.read'), { session })).allowed).toBe(true);
  });

  test('one that names no assurance says so all the same', async () => {
    const asked = await braid.evaluate(on('key.read'));
    expect(asked).toMatchObject({ verdict: 'step_up', maxAge: null });
    const satisfied = await braid.evaluate(on('key.read'), { assurance: { acr: asked.acrValues[0]! } });
    expect(satisfied).toMatchObject({ allowed: true, acrValues: [], obligations: [] });
  });

  test('obligations and warnings', async () => {
    expect((await braid.evaluate(on('note.write'))).obligations).toEqual([
      { id: 'told', type: 'notification', properties: { to: 'soc', body: 'a note' } },
    ]);
    const near = await braid.evaluate(pay(850));
    expect(near).toMatchObject({ allowed: true, warnings: [{ ruleId: 'cap', percent: 80 }], usableSecs: null });
  });
});

describe('an allow that may be acted on for a while', () => {
  const look = (id: string) => ({ ...mail(), action: { name: 'page.read' }, resource: { type: 'page', id } });
  let bounded: string;
  let asked = 0;
  const counting: typeof globalThis.fetch = (input, init) => {
    asked += 1;
    return fetch(input, init);
  };
  const client = (token: string, reuseAllows?: boolean) =>
    new Braid({ url: pdp.url, token, fetch: counting, ...(reuseAllows ? { reuseAllows } : {}) });
  const times = async (one: Braid, work: (client: Braid) => Promise<unknown>) => {
    asked = 0;
    for (let i = 0; i < 3; i++) await work(one);
    return asked;
  };

  beforeAll(async () => {
    const id = newId();
    bounded = `brd_${newSecret(24)}`;
    await addToken(id, bounded, ['decide']);
    await setPoint(admin, { id, mode: 'bounded', staleSecs: 60 });
  });

  test('is reused only where the decision point says so and the caller wants it', async () => {
    const one = client(bounded, true);
    expect(await one.evaluate(look('a'))).toMatchObject({ allowed: true, usableSecs: 60, reused: false });
    const again = await one.evaluate({ resource: { id: 'a', type: 'page' }, ...without(look('a')) });
    expect(again).toMatchObject({ allowed: true, reused: true });
    expect(await times(one, (it) => it.evaluate(look('a')))).toBe(0);
    expect(await times(client(bounded), (it) => it.evaluate(look('a')))).toBe(3);
    expect(await times(client(token, true), (it) => it.evaluate(look('a')))).toBe(3);
  });

  test('never for another question, a refusal, what was counted or what is owed', async () => {
    const one = client(bounded, true);
    await one.evaluate(look('b'));
    expect((await one.evaluate(look('c'))).reused).toBe(false);
    expect((await one.evaluate(look('b'), { session: { id: 'another' } })).reused).toBe(false);
    expect(await times(one, (it) => it.evaluate({ ...look('b'), action: { name: 'key.read' } }))).toBe(3);
    expect(await times(one, (it) => it.evaluate({ ...look('b'), action: { name: 'note.write' } }))).toBe(3);
    expect(await times(one, (it) => it.evaluate(mail()))).toBe(3);
    expect(await standing('sent')).toEqual(['3', '0']);
    expect(await times(one, (it) => it.evaluate(look('b'), { dryRun: true }))).toBe(3);
  });

  test('and not a moment longer', async () => {
    const { Reuse } = await import('@/lib/client/generated/reuse.mjs');
    const reuse = new Reuse();
    const answer = { ...(await client(bounded).evaluate(look('d'))), usableSecs: 0.05 };
    let sent = 0;
    const ask = () => reuse.or({ context: {} }, async () => ({ ...answer, message: String(++sent) }));
    expect([(await ask()).message, (await ask()).message]).toEqual(['1', '1']);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await ask()).toMatchObject({ message: '2', reused: false });
  });
});

const without = ({
  resource: _,
  ...rest
}: {
  resource: unknown;
  subject: { type: string; id: string };
  action: { name: string };
}) => rest;
