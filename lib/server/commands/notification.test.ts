// `braid notification`, run as people run it: a process of its own on a real database, telling a real receiver.
import { execFile } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { createChannel } from '@/lib/notifications/create-channel';
import { newId } from '@/lib/platform/ids';

const db = testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Ada', role: 'admin' as const } };

let status = 200;
let got = 0;
const receiver = http.createServer((request, response) => {
  request.resume().on('end', () => {
    got += 1;
    response.writeHead(status).end('noted');
  });
});
beforeAll(() => new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', () => resolve())));
afterAll(() => void receiver.close());

const run = (...args: string[]) =>
  new Promise<{ said: string; code: number }>((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'lib/server/cli.ts', 'notification', ...args],
      { env: { ...process.env, DATABASE_URL: db.url }, timeout: 60_000 },
      (error, stdout, stderr) => resolve({ said: stdout + stderr, code: error ? Number(error.code ?? 1) : 0 }),
    );
  });

test('channels are listed, a real message is sent to one, and what its receiver answered is said and is the exit code', {
  timeout: 180_000,
}, async () => {
  expect(await run('list')).toMatchObject({ code: 0, said: expect.stringContaining('there is no channel') });
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  await createChannel(ctx, { kind: 'webhook', name: 'ops', values: { url, ownNetwork: 'yes' } });
  expect(await run('test', 'ops')).toMatchObject({ code: 0, said: expect.stringMatching(/^taken after \d+ ms/) });
  expect(got).toBe(1);
  status = 500;
  const refused = await run('test', 'ops', '--json');
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.said)).toMatchObject({ ok: false, answer: expect.stringContaining('500') });
  const listed = await run('list', '--json');
  expect(JSON.parse(listed.said).items).toMatchObject([{ name: 'ops', kind: 'webhook' }]);
  expect(listed.said).not.toMatch(/signingSecret"|whsec_/);
  expect((await run('test', 'nobody')).code).toBeGreaterThan(0);
});
