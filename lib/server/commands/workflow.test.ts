// `braid workflow`, run as people run it: identities and workflows by their names, and an exemption of all that work for one.
import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';

const db = testDatabase();
const SET = `set: desks
default: allow
meters: { moved: { count: true, per: workflow, over: 1h, on: action.name == "move" } }
rules: [{ id: few, on: action.name == "move", limit: { meter: moved, max: 2 } }]
`;

const run = (...args: string[]) =>
  new Promise<{ said: string; code: number }>((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'lib/server/cli.ts', ...args],
      { env: { ...process.env, DATABASE_URL: db.url }, timeout: 120_000 },
      (error, stdout, stderr) => resolve({ said: stdout + stderr, code: error ? Number(error.code ?? 1) : 0 }),
    );
  });

test('made, filled, listed, exempt by its name, emptied and removed', { timeout: 600_000 }, async () => {
  await apply({ actor: { kind: 'cli', name: 'cli:test' } }, { source: SET });
  await prisma().identity.createMany({
    data: ['desk-a', 'desk-b'].map((name) => ({ id: newId(), name, externalId: name, kind: 'service_account' })),
  });
  expect(await run('workflow', 'list')).toMatchObject({ code: 0, said: expect.stringContaining('No workflows yet') });
  expect((await run('workflow', 'create', 'front desk', '--identity', 'desk-a')).said).toContain('with 1 identity');
  expect((await run('workflow', 'add', 'front desk', 'desk-b')).said).toContain('1 identity added');
  const listed = await run('workflow', 'list', '--json');
  expect(JSON.parse(listed.said).items).toMatchObject([{ name: 'front desk', identities: 2, liveSessions: 0 }]);
  const exempted = [
    'policy',
    'exempt',
    'desks',
    'few',
    '--workflow',
    'front desk',
    '--for',
    '1h',
    '--reason',
    'a test',
  ];
  expect(await run(...exempted)).toMatchObject({ code: 0 });
  expect((await run('policy', 'exemptions')).said).toContain('workflow front desk');
  const nobody = await run(
    'policy',
    'exempt',
    'desks',
    'few',
    '--workflow',
    'back desk',
    '--for',
    '1h',
    '--reason',
    'x y',
  );
  expect(nobody).toMatchObject({ code: 2, said: expect.stringContaining('"braid workflow list" names them') });
  const taken = await run('workflow', 'remove', 'front desk', 'desk-b', '--reason', 'moved');
  expect(taken.said).toContain('1 identity removed from front desk');
  expect((await run('workflow', 'remove', 'front desk')).code).toBeGreaterThan(0); // says why it is removed
  const kept = await run('workflow', 'remove', 'front desk', '--reason', 'not needed');
  expect(kept).toMatchObject({ code: 2, said: expect.stringContaining('end that exemption first') });
});
