// The client as it ships, against a real decision point on a real database, over a network that can fail.
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { approve } from '@/lib/approvals/approve';
import { Braid, Denied, RequestFailed, Unsettled } from '@/lib/client/generated/client.mjs';
import { testDatabase } from '@/lib/db/testing';
import { projectRoot } from '@/lib/platform/env';
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
entities:
  resources: [{ type: account, id: known }]
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h, on: action.name == "payment.create", settle: explicit, hold: 15m }
  sent: { count: true, per: resource.id, over: 24h, on: action.name == "mail.send" }
rules:
  - { id: cap, limit: { meter: paid, max: 1000 } }
  - { id: mails, limit: { meter: sent, max: 3 } }
  - { id: release, on: action.name == "release", deny: resource.id == "production", approval: { for: 10m } }
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
const standing = async (meter = 'paid') => {
  const [one] = await braid.exposure({ meter, scope: 'account', key: account });
  return one ? [one.settled, one.held] : ['0', '0'];
};

/** A network in front of the decision point: the first `lost` answers never arrive, or come too late. */
async function failing(lost: number, how: 'cut' | 'late' | '503' = 'cut') {
  let seen = 0;
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = await fetch(pdp.url + request.url, {
      method: request.method,
      headers: Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => /^(auth|content-type|x-)/.test(name)),
      ) as Record<string, string>,
      body: request.method === 'POST' ? Buffer.concat(chunks) : undefined,
    });
    const text = await answer.text();
    if (seen++ < lost) {
      if (how === 'cut') return void request.socket.destroy();
      if (how === '503') return void response.writeHead(503).end('later');
      return; // never answered
    }
    response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, seen: () => seen, close: () => server.close() };
}

describe('asking', () => {
  test('one question, with what a per-session control would have said', async () => {
    const session = { id: 's1', region: 'eu' };
    const first = await braid.evaluate(pay(900), { session });
    expect(first).toMatchObject({ allowed: true, verdict: 'allow', reason: 'ok', unavailable: false });
    expect(first.holdId).toMatch(/^[0-9a-f-]{36}$/);
    const second = await braid.evaluate(pay(200), { session: { id: 's2' } });
    expect(second).toMatchObject({ allowed: false, reason: 'aggregate_value_exceeded', alone: 'allow', holdId: null });
    expect(second.exposures[0]).toMatchObject({ meter: 'paid', held: '90000', limit: '100000' });
    expect((await braid.evaluate(pay(50), { dryRun: true })).allowed).toBe(true);
    expect(await standing()).toEqual(['0', '90000']);
  });

  test('several in order on running totals, and semantics that stop', async () => {
    const batch = { ...pay(400), evaluations: [{}, {}, {}, { action: { name: 'read' } }] };
    expect((await braid.evaluateMany(batch)).map((one) => one.allowed)).toEqual([true, true, false, true]);
    const stopped = await braid.evaluateMany(batch, { semantic: 'deny_on_first_deny' });
    expect(stopped.map((one) => one.allowed)).toEqual([false]);
    const broken = { ...pay(1), evaluations: [{ subject: { type: 'x', id: '' } }] };
    expect(await braid.evaluateMany(broken)).toMatchObject([{ allowed: false, reason: 'request_invalid' }]);
  });

  test('search goes through all pages', async () => {
    for (let i = 0; i < 3; i++) await braid.evaluate({ ...mail(), resource: { type: 'inbox', id: `inbox-${i}` } });
    const query = { ...mail(), resource: { type: 'inbox' } };
    const found = await expect
      .poll(
        async () => {
          const ids: unknown[] = [];
          for await (const one of braid.search('resource', query, { pageSize: 1 })) ids.push(one.id);
          return ids;
        },
        { timeout: 10_000 },
      )
      .toEqual(['inbox-0', 'inbox-1', 'inbox-2']);
    return found;
  });

  test('what was asked wrongly is an error, never a decision', async () => {
    const stranger = new Braid({ url: pdp.url, token: 'brd_wrong', onUnavailable: 'allow' });
    await expect(stranger.evaluate(pay(1))).rejects.toMatchObject({ name: 'RequestFailed', status: 401 });
    const malformed = { ...pay(1), subject: { type: 'x', id: '' } };
    await expect(braid.evaluate(malformed)).rejects.toMatchObject({ status: 400 });
    await expect(braid.settle(newId())).rejects.toBeInstanceOf(RequestFailed);
  });
});

describe('a network that fails', () => {
  test('a retry carries the same request id: whatever was decided counts once', async () => {
    for (const how of ['cut', '503'] as const) {
      account = `acct-${how}`;
      const network = await failing(2, how);
      const decision = await new Braid({ url: network.url, token }).evaluate(mail());
      expect([decision.allowed, network.seen()]).toEqual([true, 3]);
      expect(await standing('sent')).toEqual(['1', '0']);
      network.close();
    }
  });

  test('denies when nobody answers in time, unless told otherwise', async () => {
    const network = await failing(99, 'late');
    const options = { url: network.url, token, timeoutMs: 150, retries: 1 };
    expect(await new Braid(options).evaluate(mail())).toMatchObject({
      allowed: false,
      reason: 'pdp_unavailable',
      unavailable: true,
    });
    expect((await new Braid({ ...options, onUnavailable: 'allow' }).evaluate(mail())).allowed).toBe(true);
    await expect(new Braid({ ...options, onUnavailable: 'throw' }).evaluate(mail())).rejects.toMatchObject({
      status: 0,
    });
    const many = await new Braid(options).evaluateMany({ ...mail(), evaluations: [{}, {}] });
    expect(many.map((one) => one.allowed)).toEqual([false, false]);
    network.close();
    expect((await new Braid({ ...options, url: 'http://127.0.0.1:9' }).evaluate(mail())).allowed).toBe(false);
  });

  test('a signal ends it at once', async () => {
    const network = await failing(99, 'late');
    const asked = new Braid({ url: network.url, token }).evaluate(mail(), { signal: AbortSignal.timeout(50) });
    await expect(asked).rejects.toThrow();
    expect(network.seen()).toBeLessThanOrEqual(1);
    network.close();
  });
});

describe('a reservation', () => {
  test('is settled with what it came to, or as reserved', async () => {
    await braid.withReservation(pay(100), async () => 'done');
    expect(await standing()).toEqual(['10000', '0']);
    const result = await braid.withReservation(pay(100), () => ({ charged: '42.50' }), {
      amount: ({ charged }) => charged,
    });
    expect(result.charged).toBe('42.50');
    expect(await standing()).toEqual(['14250', '0']);
  });

  test('is given back when the work fails, and the error is the work’s own', async () => {
    const failed = braid.withReservation(pay(100), () => Promise.reject(new Error('card declined')));
    await expect(failed).rejects.toThrow('card declined');
    expect(await standing()).toEqual(['0', '0']);
  });

  test('no work begins without an allow', async () => {
    let worked = false;
    const denied = braid.withReservation(pay(5_000), () => {
      worked = true;
    });
    await expect(denied).rejects.toBeInstanceOf(Denied);
    expect(worked).toBe(false);
  });

  test('work that is done and can not be settled says so, with its result', async () => {
    const lost = braid.withReservation(pay(10), async ({ holdId }) => {
      await braid.release(holdId!);
      return 'charged';
    });
    await expect(lost).rejects.toMatchObject({ name: 'Unsettled', result: 'charged' });
    await expect(lost).rejects.toBeInstanceOf(Unsettled);
  });
});

test('approval: asked for, given by somebody else, used once', async () => {
  const release = { ...mail(), action: { name: 'release' }, resource: { type: 'environment', id: 'production' } };
  const refused = await braid.evaluate(release);
  const task = await braid.requestApproval(release, refused, { reason: 'Hotfix', key: 'release-7' });
  expect(task).toMatchObject({ status: 'pending', approval: null });
  expect((await braid.requestApproval(release, refused, { reason: 'Hotfix', key: 'release-7' }))!.id).toBe(task!.id);
  await approve(admin, { id: task!.id });
  const { approval } = await braid.approval(task!.id);
  expect((await braid.evaluate(release, { approval: approval! })).allowed).toBe(true);
  expect((await braid.evaluate(release, { approval: approval! })).reason).toBe('approval_used');
  expect(await braid.requestApproval(mail(), await braid.evaluate(mail()))).toBeNull();
  const other = await braid.requestApproval(release, await braid.evaluate(release));
  expect((await braid.cancelApproval(other!.id)).status).toBe('cancelled');
});

test('a task that is complete ends its sessions', async () => {
  const session = { id: 'task-session', task: 'deploy-42' };
  expect((await braid.evaluate(mail(), { session })).allowed).toBe(true);
  expect(await braid.completeTask('deploy-42', 'done')).toMatchObject({ sessions: 1 });
  expect((await braid.evaluate(mail(), { session })).allowed).toBe(false);
});

test('what is committed is what the sources say', async () => {
  const { build } = await import('@/lib/client/build.mjs');
  const made = build();
  const dir = path.join(projectRoot(), 'lib/client/generated');
  expect(fs.readdirSync(dir).sort()).toEqual(Object.keys(made).sort());
  for (const [name, text] of Object.entries(made)) expect(fs.readFileSync(path.join(dir, name), 'utf8')).toBe(text);
});
