import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface Ran {
  ancestorTitles: string[];
  title: string;
  status: 'passed' | 'failed' | 'skipped' | 'pending';
  failureMessages: string[];
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-lies-'));
let ran: Ran[];

beforeAll(async () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const outcome = path.join(folder, 'outcome.json');
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const config = path.join(import.meta.dirname, 'testing-lies.config.ts');
  const { VITEST, VITEST_POOL_ID, VITEST_WORKER_ID, CONTRACT_TABLE, ...env } = process.env;
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--config', config, '--reporter=json', `--outputFile=${outcome}`],
    { cwd: root, env, stdio: 'ignore' },
  );
  await new Promise((resolve) => child.once('exit', resolve));
  const { testResults } = JSON.parse(fs.readFileSync(outcome, 'utf8')) as {
    testResults: { assertionResults: Ran[] }[];
  };
  ran = testResults.flatMap((file) => file.assertionResults);
}, 120_000);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const of = (name: string): Ran[] => ran.filter((one) => one.ancestorTitles.includes(`contract: planted, ${name}`));
const names = (kind: string): string[] => [
  ...new Set(
    ran.flatMap((one) =>
      one.ancestorTitles.flatMap((title) => new RegExp(`^contract: planted, (${kind}: .*)$`).exec(title)?.[1] ?? []),
    ),
  ),
];

const BLOCK = /^block, then end/;
const LIES: Record<string, [test: RegExp, says: RegExp]> = {
  'lie: at once': [BLOCK, /expected true to be false|'alive' to be 'gone'/],
  'lie: at once, and answers accepted': [BLOCK, /declared to act before it answers/],
  'lie: soon': [BLOCK, /took \d+ ms, declared is 100 ms at most/],
  'lie: reversible': [/^restore lets it in again/, /to (deeply )?equal/],
  'lie: irreversible': [/^declared irreversible/, /all of it was given back/],
  'lie: nobody else': [BLOCK, /hit, and not predicted/],
  'lie: somebody else': [BLOCK, /who was predicted to be hit/],
  'lie: disables others unsaid': [BLOCK, /hit, and not predicted/],
  'lie: by session': [/ended alone/, /what a termination by session leaves/],
  'lie: by identity': [/ended alone/, /what a termination by identity leaves/],
  'lie: by session, and none can be ended': [/does not contradict itself/, /expected false to be true/],
  'lie: nothing has to be held': [/tokens that have to be held/, /No token of it is held/],
  'lie: a token has to be held': [/tokens that have to be held/, /ended although nothing is held/],
  'lie: a canary whose credential is held': [/tokens that have to be held/, /entered with nothing held/],
  'lie: no gap': [BLOCK, /declared gaps/],
  'lie: clean': [BLOCK, /it is clean, and lives on/],
};

test('every lie that is planted has a line here, and the suite ran all of them', () => {
  expect(names('lie').sort()).toEqual(Object.keys(LIES).sort());
  expect(names('truth').length).toBeGreaterThanOrEqual(6);
});

test.each(Object.entries(LIES))('%s: fails where it is seen', (name, [where, says]) => {
  const failed = of(name).filter((one) => one.status === 'failed');
  const found = failed.find((one) => where.test(one.title));
  expect(failed.map((one) => one.title).join('\n')).toMatch(new RegExp(where.source, 'm'));
  expect(found!.failureMessages.join('\n')).toMatch(says);
});

test('what behaves in the same way and declares it passes', () => {
  const failed = names('truth').flatMap((name) => of(name).filter((one) => one.status === 'failed'));
  expect(failed.map((one) => [one.ancestorTitles.at(-1), one.title, one.failureMessages])).toEqual([]);
});
