// The worker as it really runs, killed with a message in its hand.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { gone, killAll, startBatch, until } from '@/lib/jobs/testing-batch';
import { channel, deliveries, finding, identity } from '@/lib/notifications/testing-notices';
import { hookReceiver } from '@/lib/notifications/testing-receivers';

const db = testDatabase();
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-told-'));
afterAll(() => {
  killAll();
  fs.rmSync(home, { recursive: true, force: true });
});

const batch = () => startBatch(db.url, home);

test('a worker killed while its receiver thinks loses nothing: the next one sends it again, under the same id', {
  timeout: 300_000,
}, async () => {
  const receiver = await hookReceiver();
  receiver.answers.push('silence');
  const { id } = await channel('webhook', 'soar', { url: receiver.url });
  const about = await identity('svc-killed');
  await finding(about, 'in its hand');
  const first = batch();
  await until(() => receiver.got.length === 1, 90_000);
  const ended = gone(first);
  first.kill('SIGKILL');
  await ended;
  await finding(about, 'while nobody worked');
  expect((await deliveries(id)).map(({ state }) => state)).toEqual(['waiting']);
  batch();
  await until(async () => {
    const all = await deliveries(id);
    return all.length === 2 && all.every(({ state }) => state === 'delivered');
  }, 150_000);
  const [held, other] = await deliveries(id);
  const ids = receiver.got.map(({ headers }) => headers['webhook-id']);
  expect(ids.filter((one) => one === held!.id)).toHaveLength(2);
  expect(ids.filter((one) => one === other!.id)).toHaveLength(1);
  expect(ids).toHaveLength(3);
  await receiver.close();
});
