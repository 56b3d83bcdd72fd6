import dgram from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { close } from '@/lib/findings/close';
import { createChannel } from '@/lib/notifications/create-channel';
import { listChannels } from '@/lib/notifications/list-channels';
import { listDeliveries } from '@/lib/notifications/list-deliveries';
import { EVENTS, type Event } from '@/lib/notifications/model';
import { removeChannel } from '@/lib/notifications/remove-channel';
import { sendAgain } from '@/lib/notifications/send-again';
import { showChannel } from '@/lib/notifications/show-channel';
import { testChannel } from '@/lib/notifications/test-channel';
import { admin, channel, deliveries, finding, identity, pass } from '@/lib/notifications/testing-notices';
import { hookReceiver, logReceiver, mailReceiver } from '@/lib/notifications/testing-receivers';
import { updateChannel } from '@/lib/notifications/update-channel';
import { updateRoute } from '@/lib/notifications/update-route';
import { newId } from '@/lib/platform/ids';

testDatabase();
afterEach(async () => {
  await prisma().notificationChannel.deleteMany();
});

const events = Object.keys(EVENTS) as Event[];
async function listensToAll(id: string): Promise<void> {
  const [route] = await prisma().notificationRoute.findMany({ where: { channelId: id } });
  await updateRoute(admin, { id: route!.id, match: { events } });
}
const mailValues = (port: number) => ({
  host: '127.0.0.1',
  port: String(port),
  security: 'none',
  from: 'Braid <braid@example.com>',
});

test('a mail says it in one sentence first, as text and as HTML, and nothing in a name becomes markup or a header', async () => {
  const mail = await mailReceiver();
  const { id } = await channel('email', 'soc', { ...mailValues(mail.port), to: 'soc@example.com, duty@example.com' });
  const about = await identity('svc-<b>mail', { owner: 'Ann' });
  const raised = await finding(about, 'Odd\r\nBcc: everybody@example.com <script>', 'critical');
  await pass(id);
  expect(mail.got).toHaveLength(1);
  const [{ data, to, from }] = mail.got as [{ data: string; to: string[]; from: string }];
  expect([from, to]).toEqual(['braid@example.com', ['soc@example.com', 'duty@example.com']]);
  const [head] = data.split('\r\n\r\n') as [string];
  expect(head).not.toMatch(/^Bcc:/m);
  expect(head).toMatch(/^Subject: \[Braid critical\] svc-<b>mail: Odd Bcc: everybody@example\.com/m);
  expect(head).toMatch(new RegExp(`^Message-ID: <${(await deliveries(id))[0]!.id}@`, 'm'));
  const plain = data.replaceAll('=\r\n', '').replaceAll('=3D', '=');
  expect(plain).toContain(`/findings/${raised.id}`);
  expect(plain).toMatch(/Owner +Ann/);
  const html = plain.slice(plain.indexOf('<!doctype'));
  expect(html).toContain('&#60;script&#62;');
  expect(html).not.toContain('<script>');
  mail.close();
});

test('owners are told themselves where they are an address; a recipient the server refuses holds up nobody else', async () => {
  const mail = await mailReceiver();
  const { id } = await channel('email', 'owners', { ...mailValues(mail.port), to: 'soc@example.com', toOwner: 'yes' });
  mail.answers.push('554 5.7.1 no');
  await finding(await identity('svc-a', { owner: 'ann@example.com' }), 'first');
  await finding(await identity('svc-b', { owner: 'bob@example.com' }), 'second');
  await finding(await identity('svc-c', { owner: 'the payments team' }), 'third');
  await pass(id);
  expect(mail.got.map((one) => one.to)).toEqual([['bob@example.com'], ['soc@example.com']]);
  expect((await deliveries(id))[0]).toMatchObject({
    state: 'waiting',
    recipient: 'ann@example.com',
    lastAnswer: expect.stringContaining('554'),
  });
  mail.close();
});

test('Slack and Teams get their own forms, and nothing in a name mentions anybody', async () => {
  const hook = await hookReceiver();
  const slack = await channel('slack', 'chat', { url: hook.url });
  const about = await identity('svc-chat');
  await finding(about, 'Odd <!channel> & *bold*');
  await pass(slack.id);
  expect(hook.got[0]!.json).toMatchObject({
    text: expect.stringContaining('&lt;!channel&gt; &amp;'),
    blocks: expect.any(Array),
  });
  expect(hook.got[0]!.body.replace(/"plain_text","text":"[^"]*"/g, '')).not.toContain('<!channel>'); // plain text is shown as it is
  await removeChannel(admin, { id: slack.id });
  const teams = await channel('teams', 'chat', { url: hook.url });
  await finding(about, '[odd](http://evil.example)');
  await pass(teams.id);
  const card = (hook.got[1]!.json.attachments as { content: { type: string; body: { text?: string }[] } }[])[0]!
    .content;
  expect(card.type).toBe('AdaptiveCard');
  expect(card.body[0]!.text).toContain('\\[odd\\]\\(http://evil.example\\)');
  await hook.close();
});

test('at PagerDuty a finding is one incident: raised, and resolved when it is closed', async () => {
  const hook = await hookReceiver();
  const { id } = await channel('pagerduty', 'pager', { url: hook.url, routingKey: 'a'.repeat(32) });
  await listensToAll(id);
  const raised = await finding(await identity('svc-pager'), 'Odd', 'critical');
  await pass(id);
  await close(admin, { id: raised.id, disposition: 'benign', reason: 'expected' });
  await pass(id);
  expect(hook.got.map(({ json }) => json)).toMatchObject([
    {
      routing_key: 'a'.repeat(32),
      event_action: 'trigger',
      dedup_key: `braid:finding:${raised.id}`,
      payload: { severity: 'critical', component: 'svc-pager' },
    },
    { event_action: 'resolve', dedup_key: `braid:finding:${raised.id}` },
  ]);
  await hook.close();
});

test('a log collector gets RFC 5424 with OCSF Detection Findings, over TCP and UDP', async () => {
  const log = await logReceiver();
  const { id } = await channel('syslog', 'siem', { host: '127.0.0.1', port: String(log.port), transport: 'tcp' });
  await listensToAll(id);
  const about = await identity('svc-größe');
  const raised = await finding(about, 'Odd – sehr', 'medium');
  await close(admin, { id: raised.id, disposition: 'benign', reason: 'expected' });
  await pass(id);
  expect(log.got).toHaveLength(2);
  const parsed = log.got.map((line) => {
    const found = /^<(\d+)>1 (\S+) (\S+) braid - (\S+) \[origin software="Braid"\] (\{.*\})$/.exec(line)!;
    return { pri: found[1], at: found[2], msgId: found[4], ocsf: JSON.parse(found[5]!) };
  });
  expect(parsed).toMatchObject([
    {
      pri: '108',
      msgId: 'finding.raised',
      ocsf: {
        class_uid: 2004,
        type_uid: 200401,
        severity_id: 3,
        finding_info: { uid: raised.id, title: 'Odd – sehr' },
        resources: [{ uid: about, name: 'svc-größe' }],
      },
    },
    {
      msgId: 'finding.closed',
      ocsf: { activity_id: 3, type_uid: 200403, status_id: 4, finding_info: { uid: raised.id } },
    },
  ]);
  log.close();
  await pass(id);
  const socket = dgram.createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const datagram = new Promise<string>((resolve) => socket.once('message', (bytes) => resolve(bytes.toString('utf8'))));
  await updateChannel(admin, {
    id,
    values: {
      host: '127.0.0.1',
      port: String((socket.address() as AddressInfo).port),
      transport: 'udp',
      ownNetwork: 'yes',
    },
  });
  await finding(about, 'by datagram');
  await pass(id);
  expect(await datagram).toContain('by datagram');
  socket.close();
});

test('the test button sends a real message and says what the receiver answered; it is not sent again by itself', async () => {
  const hook = await hookReceiver();
  hook.answers.push({ status: 403, body: 'who are you' });
  const { id } = await channel('webhook', 'soar', { url: hook.url });
  expect(await testChannel(admin, { id })).toMatchObject({ ok: false, answer: '403: who are you' });
  expect((await listChannels(admin)).items).toMatchObject([{ health: 'failing', lastAnswer: '403: who are you' }]);
  expect(await testChannel(admin, { id })).toMatchObject({ ok: true, answer: '200: ok' });
  expect(hook.got.map(({ json }) => json.type)).toEqual(['braid.test', 'braid.test']);
  const { items } = await listDeliveries(admin, { channelId: id });
  expect((await listChannels(admin)).items).toMatchObject([{ health: 'ok', waiting: 0, dead: 0 }]);
  expect(items).toMatchObject([
    { kind: 'test', state: 'delivered' },
    { kind: 'test', state: 'dead', nextTryAt: null },
  ]);
  await expect(sendAgain(admin, { id: items[1]!.id })).rejects.toMatchObject({ code: 'conflict' });
  expect(await testChannel(admin, { kind: 'webhook', values: { url: hook.url } })).toMatchObject({
    ok: false,
    answer: expect.stringContaining('in a network of your own'),
  });
  expect(await prisma().auditEntry.count({ where: { action: 'channel.test' } })).toBe(3);
  await hook.close();
});

test('secrets are sealed, never shown, kept when left empty, and never follow the settings to another place', async () => {
  const hook = await hookReceiver();
  const values = { url: hook.url, authorization: 'Bearer very-secret', ownNetwork: 'yes' };
  const { id, signingSecret } = await createChannel(admin, { kind: 'webhook', name: 'sealed', values });
  const stored = await prisma().notificationChannel.findUnique({ where: { id } });
  const shown = JSON.stringify([await listChannels(admin), await showChannel(admin, { id }), stored]);
  expect(shown).not.toContain('very-secret');
  expect(shown).not.toContain(signingSecret!.slice(6));
  expect((await showChannel(admin, { id })).secrets.sort()).toEqual(['authorization', 'signingSecret']);
  await updateChannel(admin, { id, values: { url: `${hook.url}/elsewhere`, ownNetwork: 'yes' } });
  await testChannel(admin, { id });
  expect(hook.got[0]!.headers.authorization).toBe('Bearer very-secret');
  const other = { url: 'https://elsewhere.example/hook', ownNetwork: 'yes' };
  await expect(updateChannel(admin, { id, values: other })).rejects.toMatchObject({ code: 'input.invalid' });
  await expect(testChannel(admin, { id, kind: 'webhook', values: other })).rejects.toMatchObject({
    code: 'input.invalid',
  });
  await updateChannel(admin, { id, values: { ...other, authorization: 'Bearer another' } });
  await hook.close();
});

test('only who manages notifications may, wrong settings are named by field, and a name stands once', async () => {
  const viewer: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Vi', role: 'responder' } };
  const make = (name: string, values: Record<string, string>, ctx = admin) =>
    createChannel(ctx, { kind: 'email', name, values });
  await expect(make('x', {}, viewer)).rejects.toMatchObject({ code: 'access.denied' });
  await expect(testChannel(viewer, { kind: 'slack', values: { url: 'https://a.example' } })).rejects.toMatchObject({
    code: 'access.denied',
  });
  await expect(make('x', { host: 'mail.example.com', from: 'a@example.com' })).rejects.toMatchObject({
    code: 'input.invalid',
    detail: [{ path: 'to', message: 'is missing' }],
  });
  await expect(make('x', { ...mailValues(25), to: 'nobody' })).rejects.toMatchObject({ code: 'input.invalid' });
  await make('mail', { ...mailValues(25), to: 'a@example.com' });
  await expect(make('mail', { ...mailValues(25), to: 'a@example.com' })).rejects.toMatchObject({ code: 'conflict' });
  await expect(listChannels(viewer)).resolves.toMatchObject({ items: [{ name: 'mail', health: 'unknown' }] });
});
