// `braid revocation` and `braid drill`, run as people run them, beside an installation that has no worker: what was asked for
// stands as requested, is found again and said with its steps.
import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';

const db = testDatabase();
const run = (...args: string[]) =>
  new Promise<{ said: string; code: number }>((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'lib/server/cli.ts', ...args],
      { env: { ...process.env, DATABASE_URL: db.url }, timeout: 120_000 },
      (error, stdout, stderr) => resolve({ said: stdout + stderr, code: error ? Number(error.code ?? 1) : 0 }),
    );
  });

test('what was ended is listed, shown with its steps, and asked for again', { timeout: 600_000 }, async () => {
  expect((await run('revocation', 'list')).said).toContain('No revocations.');
  const id = newId();
  await prisma().identity.create({ data: { id, name: 'desk-c', externalId: 'desk-c', kind: 'service_account' } });
  const asked = await run('identity', 'revoke', 'desk-c', '--reason', 'left the desk', '--wait', '0', '--json');
  const { revocationId } = JSON.parse(asked.said);
  const listed = await run('revocation', 'list', '--identity', 'desk-c');
  expect(listed.said).toMatch(new RegExp(`${revocationId} +revoke +desk-c .*left the desk`));
  expect((await run('revocation', 'list', '--state', 'regrown')).said).toContain('No revocations.');
  expect(await run('revocation', 'list', '--state', 'gone')).toMatchObject({
    code: 2,
    said: expect.stringContaining('--state'),
  });
  const shown = await run('revocation', 'show', revocationId);
  expect(shown.said).toContain('Decision point');
  expect(shown.said).toContain(`braid revocation certificate ${revocationId}`);
  const { state } = JSON.parse((await run('revocation', 'show', revocationId, '--json')).said);
  expect(shown.said.startsWith(state)).toBe(true);
  const again = await run('revocation', 'retry', revocationId, '--wait', '0');
  expect(again).toMatchObject({ code: 2, said: expect.stringMatching(/It is proven|Nothing more can be asked/) });
  const none = newId();
  expect(await run('revocation', 'show', none)).toMatchObject({
    code: 2,
    said: expect.stringContaining(`There is no revocation ${none}: "braid revocation list" names them.`),
  });
});

test('a drill of a system that is not connected is refused with where the connected ones stand', {
  timeout: 600_000,
}, async () => {
  expect((await run('drill', 'list')).said).toContain('No drill was held yet.');
  expect((await run('drill', 'schedule')).said).toContain('No system is drilled by itself.');
  expect((await run('connector', 'list')).said).toContain('No system is connected yet');
  for (const words of [
    ['drill', 'run', 'orders'],
    ['connector', 'test', 'orders'],
  ])
    expect(await run(...words)).toMatchObject({
      code: 2,
      said: expect.stringContaining('No connector is named orders: "braid connector list" names them.'),
    });
  expect((await run('drill', 'schedule', 'orders')).said).toContain('Say how often: off, daily, weekly.');
});
