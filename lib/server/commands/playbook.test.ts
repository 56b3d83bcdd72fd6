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

test('not contained before each step is done or left out; what is missing is said, and a step opens again', {
  timeout: 600_000,
}, async () => {
  const id = newId();
  await prisma().identity.create({ data: { id, name: 'desk-b', externalId: 'desk-b', kind: 'service_account' } });
  const { id: playbook } = JSON.parse((await run('start', 'desk-b', '--json')).said);
  expect(await run('contain', playbook, '--summary', 'all over')).toMatchObject({
    code: 2,
    said: expect.stringMatching(/Not contained yet: Session termination, Secret review, .* neither done nor waived/),
  });
  expect(await run('done', playbook, 'sessions')).toMatchObject({
    code: 2,
    said: expect.stringContaining('Steps: session-termination, secret-review'),
  });
  expect((await run('done', playbook, 'session-termination', '--revocation', newId())).said).toContain(
    'ended nothing of this incident',
  );
  expect((await run('waive', playbook, 'session-termination', '--reason', 'none was ever open')).code).toBe(0);
  expect((await run('done', playbook, 'secret-review', '--credential', 'x')).said).toContain('rotated|disabled');
  expect((await run('done', playbook, 'secret-review', '--note', 'it has none')).said).toContain('Secret review: done');
  const reduced = await run('done', playbook, 'privilege-reduction', '--reduced', 'its role in billing');
  expect(reduced.said).toContain('Privilege reduction: done');
  const concluded = await run('done', playbook, 'log-correlation', '--conclusion', 'nothing else was touched');
  expect(concluded.said).toContain('Log correlation: done');
  expect((await run('reopen', playbook, 'secret-review', '--reason', 'a key was found')).code).toBe(0);
  expect((await run('contain', playbook, '--summary', 'all over')).said).toContain('Secret review is neither');
  expect((await run('waive', playbook, 'secret-review', '--reason', 'the key is of somebody else')).code).toBe(0);
  expect(await run('contain', playbook, '--summary', 'all over')).toMatchObject({ code: 0, said: 'contained\n' });
  const shown = await run('show', playbook);
  expect(shown.said).toContain('desk-b: contained');
  expect(shown.said).toMatch(/Session termination +waived .*none was ever open/);
});
