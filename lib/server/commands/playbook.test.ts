// `braid playbook`, run as people run it: an incident of an identity by its name, once.
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
      ['--import', 'tsx', 'lib/server/cli.ts', 'playbook', ...args],
      { env: { ...process.env, DATABASE_URL: db.url }, timeout: 120_000 },
      (error, stdout, stderr) => resolve({ said: stdout + stderr, code: error ? Number(error.code ?? 1) : 0 }),
    );
  });

test('started by the name of its identity, since when it is not trusted, and no second time', {
  timeout: 600_000,
}, async () => {
  const id = newId();
  await prisma().identity.create({ data: { id, name: 'desk-a', externalId: 'desk-a', kind: 'service_account' } });
  const started = await run('start', 'desk-a', '--since', '2026-11-20T08:00:00Z', '--json');
  expect(started.code).toBe(0);
  const { id: playbookId, created } = JSON.parse(started.said.slice(started.said.indexOf('{')));
  expect(created).toBe(true);
  const kept = await prisma().playbook.findUniqueOrThrow({ where: { id: playbookId } });
  expect(kept).toMatchObject({ identityId: id, state: 'open', startedBy: expect.stringMatching(/^cli:/) });
  expect(kept.since.toISOString()).toBe('2026-11-20T08:00:00.000Z');
  expect((await run('start', 'desk-a')).said).toContain(`${playbookId} is open already`);
  expect(await run('start', 'nobody')).toMatchObject({ code: 2, said: expect.stringContaining('nobody') });
});
