import { createHmac } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { close } from '@/lib/findings/close';
import type { Found } from '@/lib/findings/model';
import { raise } from '@/lib/findings/raise';
import { EVENTS, type Event } from '@/lib/notifications/model';
import { sendAgain } from '@/lib/notifications/send-again';
import { admin, channel, deliveries, finding, forward, identity, pass } from '@/lib/notifications/testing-notices';
import { hookReceiver } from '@/lib/notifications/testing-receivers';
import { updateRoute } from '@/lib/notifications/update-route';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';

testDatabase();
afterEach(async () => {
  clock.set();
  await prisma().notificationChannel.deleteMany();
});

const events = Object.keys(EVENTS) as Event[];
async function hook(name: string, routed: { events?: Event[]; digestSecs?: number } = {}) {
  const receiver = await hookReceiver();
  const made = await channel('webhook', name, { url: receiver.url });
  const [route] = await prisma().notificationRoute.findMany({ where: { channelId: made.id } });
  await updateRoute(admin, {
    id: route!.id,
    match: { events: routed.events ?? events },
    digestSecs: routed.digestSecs ?? 0,
  });
  return { receiver, ...made };
}

test('a finding arrives signed, once, with its identity, its link and how to end it', async () => {
  const { receiver, id, signingSecret } = await hook('soar');
  const about = await identity('svc-payments', { owner: 'ann@example.com', workflow: 'payroll' });
  const raised = await finding(about, 'A token used from two networks');
  await pass(id);
  await pass(id);
  expect(receiver.got).toHaveLength(1);
  const { headers, body, json } = receiver.got[0]!;
  expect(json).toMatchObject({
    type: 'finding.raised',
    data: {
      event: 'finding.raised',
      severity: 'high',
      title: 'A token used from two networks',
      target: { type: 'finding', id: raised.id, url: expect.stringContaining(`/findings/${raised.id}`) },
      identity: { id: about, name: 'svc-payments', owner: 'ann@example.com', workflows: ['payroll'] },
      end: { url: expect.stringContaining(`/identities/${about}`) },
    },
  });
  const [sent] = await deliveries(id);
  expect(headers['webhook-id']).toBe(sent!.id);
  const key = Buffer.from(signingSecret!.slice('whsec_'.length), 'base64');
  const mac = createHmac('sha256', key).update(`${sent!.id}.${headers['webhook-timestamp']}.${body}`).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${mac}`);
  expect(Math.abs(Number(headers['webhook-timestamp']) - clock.ms() / 1000)).toBeLessThan(60);
  expect(sent).toMatchObject({ state: 'delivered', attempts: 1, lastAnswer: '200: ok' });
  await receiver.close();
});

test('a receiver that is down delays and loses nothing: everything arrives, in order, under the ids it was first sent with', async () => {
  const { receiver, id } = await hook('down');
  const { port } = receiver;
  await receiver.close();
  const about = await identity('svc-down');
  const ids = [];
  for (const title of ['first', 'second', 'third']) ids.push((await finding(about, title)).id);
  await pass(id);
  const [tried, ...others] = await deliveries(id);
  expect(tried).toMatchObject({ state: 'waiting', attempts: 1, lastAnswer: expect.stringContaining('ECONNREFUSED') });
  expect(others.map(({ state, attempts }) => [state, attempts])).toEqual([
    ['waiting', 0],
    ['waiting', 0],
  ]); // one try finds it out
  await pass(id); // too early
  expect((await deliveries(id))[0]!.attempts).toBe(1);
  forward(13_000);
  await pass(id);
  expect((await deliveries(id))[0]!.attempts).toBe(2);
  const back = await hookReceiver(port);
  forward(30_000);
  await pass(id);
  expect(back.got.map(({ json }) => (json.data as { target: { id: string } }).target.id)).toEqual(ids);
  const all = await deliveries(id);
  expect(back.got.map(({ headers }) => headers['webhook-id'])).toEqual(all.map((one) => one.id));
  expect(all.every(({ state }) => state === 'delivered')).toBe(true);
  expect(await prisma().notificationChannel.findUnique({ where: { id } })).toMatchObject({
    failures: 0,
    failingSince: null,
  });
  await back.close();
});

test('429 with Retry-After is obeyed; 500 and a broken line are tried again; the id never changes', async () => {
  const { receiver, id } = await hook('busy');
  receiver.answers.push({ status: 429, headers: { 'retry-after': '120' } }, { status: 500, body: 'oh no' }, 'hang up');
  await finding(await identity('svc-busy'), 'Something');
  await pass(id);
  forward(60_000);
  await pass(id);
  expect(receiver.got).toHaveLength(1);
  forward(61_000);
  await pass(id);
  expect((await deliveries(id))[0]).toMatchObject({ attempts: 2, lastAnswer: '500: oh no' });
  forward(60_000);
  await pass(id);
  forward(120_000);
  await pass(id);
  expect(receiver.got).toHaveLength(4);
  expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect((await deliveries(id))[0]).toMatchObject({ state: 'delivered', attempts: 4 });
  await receiver.close();
});

test('what was written by a try that died, before its answer was, is sent again under the same id', async () => {
  const { receiver, id } = await hook('died');
  await finding(await identity('svc-died'), 'Something');
  await pass(id);
  // As a worker leaves it that was killed between the answer and its commit.
  const [sent] = await deliveries(id);
  await prisma().notificationDelivery.update({
    where: { id: sent!.id },
    data: { state: 'waiting', deliveredAt: null, dueAt: new Date(clock.ms() + 60_000) },
  });
  await pass(id);
  expect(receiver.got).toHaveLength(1); // somebody may still have it in hand
  forward(61_000);
  await pass(id);
  expect(receiver.got.map(({ headers }) => headers['webhook-id'])).toEqual([sent!.id, sent!.id]);
  await receiver.close();
});

test('a message the receiver refuses holds up no other, though what is about the same waits its turn', async () => {
  const { receiver, id } = await hook('picky');
  receiver.answers.push({ status: 422, body: 'too odd' });
  const about = await identity('svc-picky');
  const odd = await finding(about, 'odd');
  await finding(about, 'plain');
  await close(admin, { id: odd.id, disposition: 'benign', reason: 'expected' });
  await pass(id);
  const said = () => receiver.got.map(({ json }) => `${json.type} ${(json.data as { title: string }).title}`);
  expect(said()).toEqual(['finding.raised odd', 'finding.raised plain']);
  forward(13_000);
  await pass(id);
  expect(said().slice(2)).toEqual(['finding.raised odd', 'finding.closed odd']);
  await receiver.close();
});

test('after its days a message is given up, visibly, another channel is told, and it can be sent again', async () => {
  const { receiver, id } = await hook('gone');
  const other = await hook('other', { events: ['channel.failing'] });
  receiver.answers.push(...Array.from({ length: 8 }, () => ({ status: 503 })));
  await finding(await identity('svc-gone'), 'Something');
  for (let tries = 0; tries < 7; tries++) {
    await pass(id);
    forward(3_600_000);
  }
  expect((await deliveries(id))[0]).toMatchObject({ state: 'waiting', attempts: 7 });
  forward(7 * 86_400_000);
  await pass(id);
  const [dead] = await deliveries(id);
  expect(dead).toMatchObject({ state: 'dead', attempts: 8, lastAnswer: '503' });
  await pass(other.id);
  expect(other.receiver.got.map(({ json }) => (json.data as { title: string }).title)).toEqual([
    'gone does not take its messages',
    'A message for gone was given up',
  ]);
  await sendAgain(admin, { id: dead!.id });
  await pass(id);
  expect((await deliveries(id))[0]).toMatchObject({ id: dead!.id, state: 'delivered' });
  expect(receiver.got.at(-1)!.headers['webhook-id']).toBe(dead!.id);
  await Promise.all([receiver.close(), other.receiver.close()]);
});

test('a quiet route collects, and sends one message', async () => {
  const { receiver, id } = await hook('quiet', { digestSecs: 600 });
  const about = await identity('svc-quiet');
  await finding(about, 'first', 'low');
  await pass(id);
  forward(300_000);
  const second = await finding(about, 'second', 'critical');
  await close(admin, { id: second.id, disposition: 'benign', reason: 'expected' });
  await pass(id);
  expect(receiver.got).toHaveLength(0);
  expect(await deliveries(id)).toMatchObject([{ state: 'collecting', kind: 'digest' }]);
  forward(301_000);
  await finding(about, 'third', 'low'); // not routed yet: for the next one
  await pass(id);
  expect(receiver.got).toHaveLength(1);
  const { type, data } = receiver.got[0]!.json as { type: string; data: { events: { title: string }[] } };
  expect(type).toBe('braid.digest');
  expect(data.events.map(({ title }) => title)).toEqual(['first', 'second', 'second', 'third']);
  expect((await deliveries(id))[0]).toMatchObject({
    state: 'delivered',
    title: '3 findings on svc-quiet: 1 critical, 2 low',
  });
  await receiver.close();
});

test('a storm becomes one message, and none of it is missing', async () => {
  const { receiver, id } = await hook('storm');
  const about = await identity('svc-storm');
  const ids: string[] = [];
  for (let n = 0; n < 45; n++) ids.push((await finding(about, `finding ${n}`)).id);
  await pass(id);
  expect(receiver.got).toHaveLength(20);
  forward(301_000);
  await pass(id);
  expect(receiver.got).toHaveLength(21);
  const told = receiver.got.flatMap(({ json }) => {
    const data = json.data as { target?: { id: string }; events?: { target: { id: string } }[] };
    return (data.events ?? [data as { target: { id: string } }]).map(({ target }) => target.id);
  });
  expect(told).toEqual(ids);
  await receiver.close();
});

test('what is rolled back is told to nobody, and where nobody listens nothing is written', async () => {
  const { receiver, id } = await hook('rolled');
  const about = await identity('svc-rolled');
  await expect(close(admin, { id: about, disposition: 'benign', reason: 'no such finding' })).rejects.toMatchObject({
    code: 'not_found',
  });
  await pass(id);
  expect(await deliveries(id)).toEqual([]);
  await prisma().notificationChannel.deleteMany();
  const before = await prisma().notice.count();
  await finding(about, 'nobody listens');
  expect(await prisma().notice.count()).toBe(before);
  await receiver.close();
});

test('more evidence of what is known is collected, and does not hold up what is new', async () => {
  const { receiver, id } = await hook('evidence');
  const about = await identity('svc-evidence');
  const found = (decision: string): Found => ({
    identityId: about,
    detector: 'structuring',
    cause: 'one',
    severity: 'medium',
    title: 'Amounts split',
    summary: 'Amounts split over sessions',
    reasons: [],
    evidence: { sessions: [], decisions: [decision], events: [] },
    firstSeenAt: clock.now().toISOString(),
    lastSeenAt: clock.now().toISOString(),
  });
  for (let n = 0; n < 4; n++) await transaction((tx) => raise(tx, admin, [found(newId())]));
  await finding(about, 'Something new');
  await pass(id);
  const types = () => receiver.got.map(({ json }) => json.type);
  expect(types()).toEqual(['finding.raised', 'finding.raised']);
  forward(601_000);
  await pass(id);
  expect(types()).toEqual(['finding.raised', 'finding.raised', 'braid.digest']);
  expect((receiver.got[2]!.json.data as { events: unknown[] }).events).toHaveLength(3);
  await receiver.close();
});
