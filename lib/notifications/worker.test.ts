// The worker as it really runs, killed with a message in its hand.
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { channel, deliveries, finding, identity } from '@/lib/notifications/testing-notices';
import { hookReceiver } from '@/lib/notifications/testing-receivers';
import { projectRoot } from '@/lib/platform/env';

const db = testDatabase();
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-told-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  fs.rmSync(home, { recursive: true, force: true });
});

function batch(): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/server/batch.ts'], {
    cwd: projectRoot(),
    env: { ...process.env, DATABASE_URL: db.url, BRAID_HOME: home, BRAID_PROCESS: 'batch', BRAID_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  children.push(child);
  return child;
}

async function until(done: () => Promise<boolean> | boolean, ms: number): Promise<void> {
  for (let waited = 0; !(await done()); waited += 100) {
    if (waited > ms) throw new Error('it did not happen in time');
    await sleep(100);
  }
}

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
  const gone = new Promise((resolve) => first.once('exit', resolve));
  first.kill('SIGKILL');
  await gone;
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
