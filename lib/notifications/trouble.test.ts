// However its receiver behaves, a channel brings everything, in order, and nothing twice that was taken.
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { pool, prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { close } from '@/lib/findings/close';
import { scanDecisions } from '@/lib/findings/scan-decisions';
import { suppress } from '@/lib/findings/suppress';
import { EVENTS, type Event } from '@/lib/notifications/model';
import { letOldNoticesGo, sweep } from '@/lib/notifications/sweep';
import { admin, channel, deliveries, finding, forward, identity, pass } from '@/lib/notifications/testing-notices';
import { hookReceiver } from '@/lib/notifications/testing-receivers';
import { updateRoute } from '@/lib/notifications/update-route';
import { clock } from '@/lib/platform/clock';

testDatabase();
afterEach(async () => {
  clock.set();
  await prisma().notificationChannel.deleteMany();
});

const events = Object.keys(EVENTS) as Event[];
const HOUR = 3_600_000;
const trouble = fc.constantFrom(
  { status: 200 },
  { status: 429, headers: { 'retry-after': '30' } },
  { status: 500 },
  { status: 422 },
  { status: 301, headers: { location: 'http://169.254.169.254/' } },
  'hang up' as const,
);

test('any trouble: every message is taken exactly once, what was raised before what was closed', {
  timeout: 300_000,
}, async () => {
  const about = await identity('svc-trouble');
  let run = 0;
  const property = async (answers: (typeof trouble extends fc.Arbitrary<infer T> ? T : never)[], closes: boolean[]) => {
    const receiver = await hookReceiver();
    receiver.answers.push(...answers);
    const { id } = await channel('webhook', `trouble ${run++}`, { url: receiver.url });
    const [route] = await prisma().notificationRoute.findMany({ where: { channelId: id } });
    await updateRoute(admin, { id: route!.id, match: { events } });
    const wanted: string[] = [];
    for (const [at, closed] of closes.entries()) {
      const raised = await finding(about, `finding ${at}`);
      wanted.push(`finding.raised ${raised.id}`);
      if (at % 2) await pass(id);
      if (closed) {
        await close(admin, { id: raised.id, disposition: 'benign', reason: 'expected' });
        wanted.push(`finding.closed ${raised.id}`);
      }
    }
    const unfinished = async () => (await deliveries(id)).some(({ state }) => state !== 'delivered');
    await pass(id);
    for (let tries = 0; tries < 60 && (await unfinished()); tries++) {
      forward(HOUR);
      await pass(id);
    }
    const taken = receiver.got.filter((_, at) => {
      const answer = answers[at];
      return answer === undefined || (answer !== 'hang up' && answer.status === 200);
    });
    const said = taken.map(({ json }) => `${json.type} ${(json.data as { target: { id: string } }).target.id}`);
    expect([...said].sort()).toEqual([...wanted].sort());
    for (const closed of wanted.filter((one) => one.startsWith('finding.closed')))
      expect(said.indexOf(closed)).toBeGreaterThan(said.indexOf(closed.replace('closed', 'raised')));
    const ids = new Set((await deliveries(id)).map((one) => one.id));
    expect(receiver.got.every(({ headers }) => ids.has(String(headers['webhook-id'])))).toBe(true);
    await prisma().notificationChannel.delete({ where: { id } });
    await receiver.close();
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(trouble, { maxLength: 8 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
      property,
    ),
    { numRuns: 12 },
  );
});

test('jobs that got lost cost a moment: the sweep finds what was announced and what is due', async () => {
  const receiver = await hookReceiver();
  const { id } = await channel('webhook', 'swept', { url: receiver.url });
  await finding(await identity('svc-swept'), 'Something');
  await pool().query('select graphile_worker.complete_jobs(array_agg(id)) from graphile_worker.jobs');
  await sweep();
  expect(await deliveries(id)).toMatchObject([{ state: 'waiting' }]);
  const { rows } = await pool().query(`select task_identifier from graphile_worker.jobs where key = $1`, [
    `notify:${id}:now`,
  ]);
  expect(rows).toEqual([{ task_identifier: 'send-notifications' }]);
  await receiver.close();
});

test('a suppression keeps quiet until its end, and its end is told', async () => {
  const receiver = await hookReceiver();
  const { id } = await channel('webhook', 'quiet', { url: receiver.url });
  const { id: finding1 } = await finding(await identity('svc-suppressed'), 'Noise');
  await pass(id);
  const until = new Date(clock.ms() + 24 * HOUR).toISOString();
  await suppress(admin, { id: finding1, owner: 'Ada', reason: 'known, being mended', until });
  await scanDecisions(systemCtx('detection'));
  await pass(id);
  expect(receiver.got).toHaveLength(1);
  forward(25 * HOUR);
  await scanDecisions(systemCtx('detection'));
  await pass(id);
  expect(receiver.got.slice(1).map(({ json }) => json.type)).toEqual(['finding.reopened']);
  await receiver.close();
});

test('messages are let go after 90 days, those that wait are not', async () => {
  const receiver = await hookReceiver();
  const { id } = await channel('webhook', 'kept', { url: receiver.url });
  const about = await identity('svc-kept');
  await finding(about, 'arrived');
  await pass(id);
  receiver.answers.push({ status: 500 });
  await finding(about, 'waits');
  await pass(id);
  forward(91 * 24 * HOUR);
  await letOldNoticesGo();
  expect((await deliveries(id)).map(({ title }) => title)).toEqual(['svc-kept: waits']);
  expect(await prisma().notice.count({ where: { body: { path: ['title'], equals: 'arrived' } } })).toBe(0);
  expect(await prisma().notice.count({ where: { body: { path: ['title'], equals: 'waits' } } })).toBe(1);
  await receiver.close();
});
