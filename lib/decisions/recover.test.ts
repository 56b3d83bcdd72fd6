import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, applyTestPolicies } from '@/lib/decisions/testing-ask';
import { verify } from '@/lib/decisions/verify';
import { projectRoot } from '@/lib/platform/env';

// What was answered while the database was away is in the log afterwards, once, whenever the process that writes it is killed.

const db = testDatabase();
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-spool-'));
beforeAll(applyTestPolicies);
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

function run(...args: string[]) {
  const ran = spawnSync(process.execPath, ['--import', 'tsx', 'lib/server/testing-spool.ts', ...args], {
    cwd: projectRoot(),
    env: { ...process.env, DATABASE_URL: db.url, BRAID_HOME: home, BRAID_LOG_LEVEL: 'silent', BRAID_PROCESS: 'pdp' },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return {
    signal: ran.signal,
    code: ran.status,
    said: ran.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
    error: ran.stderr,
  };
}
const logged = async (ids: string[]): Promise<string[]> =>
  (await pool().query<{ id: string }>('select id from decisions where id = any($1::uuid[])', [ids])).rows.map(
    (row) => row.id,
  );
const spooled = (): string[] => fs.readdirSync(path.join(home, 'spool'));

const STAGES = [
  'before it is taken',
  'taken',
  'before commit 1',
  'after commit 1',
  'before commit 2',
  'after commit 2',
  'before it is forgotten',
  'forgotten',
];

test.each(STAGES)(
  'killed %s: every denial that was answered is in the log once',
  { timeout: 180_000 },
  async (stage) => {
    const answered = run('spool', '130');
    expect(answered.signal).toBe('SIGKILL');
    expect(answered.said).toHaveLength(130);
    expect(new Set(answered.said.map((one) => `${one.decision} ${one.reason}`))).toEqual(
      new Set(['false state_unavailable']),
    );
    const ids = answered.said.map((one) => one.id as string);
    expect(await logged(ids)).toEqual([]);
    const killed = run('recover', stage);
    expect([killed.signal, killed.error]).toEqual(['SIGKILL', '']);
    const after = (await logged(ids)).length;
    expect(after).toBe(
      /^(before it is taken|taken|before commit 1)$/.test(stage)
        ? 0
        : /commit (1|2)/.test(stage) && stage !== 'after commit 2'
          ? 100
          : 130,
    );
    const last = run('recover', 'to the end');
    expect([last.code, last.said]).toEqual([0, [{ written: 130 - after }]]);
    expect((await logged(ids)).sort()).toEqual([...ids].sort());
    expect(spooled()).toEqual([]);
  },
);

test('a file of a number that another process has now is not left lying', { timeout: 60_000 }, async () => {
  const answered = run('spool', '2');
  const [file] = spooled();
  const strange = path.join(home, 'spool', `decisions-${process.pid}.ndjson`);
  fs.renameSync(path.join(home, 'spool', file!), strange);
  expect(run('recover').said).toEqual([{ written: 0 }]);
  const longAgo = new Date(performance.timeOrigin - 120_000);
  fs.utimesSync(strange, longAgo, longAgo);
  expect(run('recover').said).toEqual([{ written: 2 }]);
  expect(await logged(answered.said.map((one) => one.id))).toHaveLength(2);
});

test('a line that a dying process did not finish was not answered either, and spoils nothing', {
  timeout: 60_000,
}, async () => {
  const answered = run('spool', '3');
  const [file] = spooled();
  fs.appendFileSync(path.join(home, 'spool', file!), '{"decisionId":"0190');
  expect(run('recover').said).toEqual([{ written: 3 }]);
  expect(await logged(answered.said.map((one) => one.id))).toHaveLength(3);
  expect((await verify(admin)).problems).toEqual([]);
});
