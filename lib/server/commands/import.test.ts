// `braid import`, run as people run it: its exit codes, and where the formats stand. What it reads: lib/sessions/import.test.ts.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';

const db = testDatabase();
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-import-'));
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

const run = (...args: string[]) =>
  new Promise<{ said: string; code: number }>((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'lib/server/cli.ts', 'import', ...args],
      { env: { ...process.env, DATABASE_URL: db.url }, timeout: 60_000 },
      (error, stdout, stderr) => resolve({ said: stdout + stderr, code: error ? Number(error.code ?? 1) : 0 }),
    );
  });

test('an empty file is nothing to read, whatever the format; what is none and what nobody wrote are told apart', {
  timeout: 180_000,
}, async () => {
  const empty = path.join(home, 'rotated.log');
  fs.writeFileSync(empty, '');
  for (const format of ['auto', 'cloudtrail'])
    expect(await run(format, empty)).toEqual({ code: 0, said: 'Nothing to read: 1 file is empty.\n' });
  const noise = path.join(home, 'noise.log');
  fs.writeFileSync(noise, 'nothing that anybody wrote\n');
  expect((await run('cloudtrail', noise)).code).toBe(1);
  const nothing = await run('auto', noise);
  expect(nothing.code).toBe(2);
  expect(nothing.said).toContain('"braid import --formats" lists them.');
  expect(nothing.said).not.toContain('cloudtrail'); // names, and not every other name they answer to
});

test('the formats are a list of their own; help says what each exit code means', { timeout: 60_000 }, async () => {
  const { code, said } = await run('--formats');
  expect(code).toBe(0);
  expect(said).toMatch(/^aws +\S.* cloudtrail$/m);
  const help = await run('--help');
  expect(help.said).toContain('empty files are no error');
  expect(help.said).not.toContain('cloudtrail,');
});
