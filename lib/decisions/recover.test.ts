import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
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

const SCRIPT = ['--import', 'tsx', 'lib/server/testing-spool.ts'];
const where = () => ({
  cwd: projectRoot(),
  env: { ...process.env, DATABASE_URL: db.url, BRAID_HOME: home, BRAID_LOG_LEVEL: 'silent', BRAID_PROCESS: 'pdp' },
});
const words = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

function run(...args: string[]) {
  const ran = spawnSync(process.execPath, [...SCRIPT, ...args], { ...where(), encoding: 'utf8', timeout: 60_000 });
  return { pid: ran.pid, signal: ran.signal, code: ran.status, said: words(ran.stdout), error: ran.stderr };
}
async function runBeside(...args: string[]) {
  const child = spawn(process.execPath, [...SCRIPT, ...args], where());
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      said[stream] += chunk;
    });
  const [code] = await once(child, 'close');
  return { code, said: words(said.stdout), error: said.stderr };
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

/** The file as another process would have named it. */
function give(file: string, pid: number): string {
  const renamed = path.join(home, 'spool', file.replace(/-\d+\.ndjson$/, `-${pid}.ndjson`));
  fs.renameSync(path.join(home, 'spool', file), renamed);
  return renamed;
}

test('a file of a number that another process has now is not left lying', { timeout: 60_000 }, async () => {
  const answered = run('spool', '2');
  const strange = give(spooled()[0]!, process.pid);
  expect(run('recover').said).toEqual([{ written: 0 }]);
  const longAgo = new Date(performance.timeOrigin - 120_000);
  fs.utimesSync(strange, longAgo, longAgo);
  expect(run('recover').said).toEqual([{ written: 2 }]);
  expect(await logged(answered.said.map((one) => one.id))).toHaveLength(2);
});

test('what many dead processes left is all written at once', { timeout: 120_000 }, async () => {
  const answered = run('spool', '60');
  const [file] = spooled();
  const lines = fs
    .readFileSync(path.join(home, 'spool', file!), 'utf8')
    .trimEnd()
    .split('\n');
  fs.rmSync(path.join(home, 'spool', file!));
  const gone = answered.pid;
  for (const [n, line] of lines.entries())
    fs.writeFileSync(path.join(home, 'spool', `019000000000${String(n).padStart(4, '0')}-${gone}.ndjson`), `${line}\n`);
  expect(run('recover').said).toEqual([{ written: 60 }]);
  expect(await logged(answered.said.map((one) => one.id))).toHaveLength(60);
  expect(spooled()).toEqual([]);
});

test('two that draw the same file write each denial once', { timeout: 120_000 }, async () => {
  const answered = run('spool', '250');
  const [file] = spooled();
  // As if the first had been frozen for so long that the second took it from it.
  fs.copyFileSync(path.join(home, 'spool', file!), path.join(home, 'spool', `0${file}`));
  const both = await Promise.all([runBeside('recover'), runBeside('recover')]);
  expect(both.map((one) => [one.code, one.error])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  const written = both.flatMap((one) => one.said).reduce((sum, one) => sum + one.written, 0);
  expect(written).toBe(250);
  expect(await logged(answered.said.map((one) => one.id))).toHaveLength(250);
  expect(spooled()).toEqual([]);
  expect((await verify(admin)).problems).toEqual([]);
});

test('a denial that can not be written is set aside with its reason and keeps no other out', {
  timeout: 60_000,
}, async () => {
  const answered = run('spool', '5');
  const [file] = spooled();
  const at = path.join(home, 'spool', file!);
  const lines = fs.readFileSync(at, 'utf8').trimEnd().split('\n');
  const { asked: _, ...broken } = JSON.parse(lines[2]!);
  lines[2] = JSON.stringify(broken);
  fs.writeFileSync(at, `${lines.join('\n')}\n`);
  expect(run('recover').said).toEqual([{ written: 4 }]);
  expect(await logged(answered.said.map((one) => one.id))).toHaveLength(4);
  const aside = path.join(home, 'spool', 'refused.jsonl');
  expect(JSON.parse(fs.readFileSync(aside, 'utf8'))).toMatchObject({
    decisionId: broken.decisionId,
    refused: expect.stringMatching(/./),
  });
  fs.rmSync(aside);
});

test('where the disk takes nothing there is no decision: an error, not an answer nobody will find', {
  timeout: 60_000,
}, () => {
  fs.rmSync(path.join(home, 'spool'), { recursive: true });
  fs.writeFileSync(path.join(home, 'spool'), 'in the way');
  const answered = run('spool', '3');
  fs.rmSync(path.join(home, 'spool'));
  expect(answered.said).toEqual(Array(3).fill({ error: 'state_unavailable' }));
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
