#!/usr/bin/env node
// `npm test`: everything that proves Braid, in order of cost; the last line sums over all runners. Needs nothing but npm's packages.
// `npm run test:systems`: the suites against real servers, which have to be installed.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-test-results-'));
const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const total = { passed: 0, failed: 0, skipped: 0 };
const add = (passed, failed, skipped) => {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
};

// Told once more at the end: what failed is not to be looked for in thousands of lines.
const named = [];
const name = (where, what) => named.push(`not right: ${where}: ${what.replaceAll('\n', ' ')}`);
const specs = (suites) => suites.flatMap((suite) => [...(suite.specs ?? []), ...specs(suite.suites ?? [])]);

const start = (command, args, env, stdio) =>
  spawn(command, args, { cwd: root, stdio, env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env } });

const over = (child) =>
  new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });

const run = (title, command, args, env = {}) => {
  process.stdout.write(`\n── ${title}\n`);
  return over(start(command, args, env, 'inherit'));
};

/** A check without a count of its own is one test. What it says comes in one piece, as others run beside it. */
async function check(title, command, args) {
  const child = start(command, args, {}, ['ignore', 'pipe', 'pipe']);
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => said.push(part));
  const code = await over(child);
  process.stdout.write(`\n── ${title}\n${Buffer.concat(said)}`);
  if (code !== 0) name(title, `ended with code ${code}`);
  add(code === 0 ? 1 : 0, code === 0 ? 0 : 1, 0);
}

const read = (file) => {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

// A machine that is busy for a moment is no reason to doubt everything else: what fails is tried again. The runners name
// what needed it ("retry", "flaky"); that is to be mended, not waited for.
const ONCE_MORE = { vitest: '--retry=2', playwright: '--retries=2' };

async function tests(title, more = []) {
  const file = path.join(scratch, 'vitest.json');
  const code = await run(title, bin('vitest'), [
    'run',
    ONCE_MORE.vitest,
    ...more,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const report = read(file);
  const failed = report?.numFailedTests ?? 0;
  for (const file of report?.testResults ?? []) {
    const tests = (file.assertionResults ?? []).filter((one) => one.status === 'failed');
    for (const test of tests) name(title, `${path.relative(root, file.name)} ${test.fullName}`);
    if (file.status === 'failed' && !tests.length)
      name(title, `${path.relative(root, file.name)} ${String(file.message).slice(0, 200)}`);
  }
  if (code !== 0 && !failed) name(title, `ended with code ${code}, no test failed: an error outside of any is above`);
  add(
    report?.numPassedTests ?? 0,
    failed || (code === 0 ? 0 : 1),
    report ? report.numPendingTests + report.numTodoTests : 0,
  );
}

async function journeys() {
  const file = path.join(scratch, 'playwright.json');
  const code = await run(
    'journeys in a browser',
    bin('playwright'),
    ['test', ONCE_MORE.playwright, '--reporter=list,json'],
    {
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    },
  );
  const report = read(file);
  const stats = report?.stats;
  const failed = stats?.unexpected ?? 0;
  for (const one of specs(report?.suites ?? [])) {
    const again = one.tests.some((test) => test.status === 'flaky');
    if (!one.ok || again) name('journeys', `${one.file} ${one.title}${again ? ' (came right when tried again)' : ''}`);
  }
  if (code !== 0 && !failed) name('journeys', `ended with code ${code}, no journey failed: why is above`);
  add((stats?.expected ?? 0) + (stats?.flaky ?? 0), failed || (code === 0 ? 0 : 1), stats?.skipped ?? 0);
}

async function everything() {
  const folders = ['app', 'components', 'lib'];
  await Promise.all([
    check('types', bin('tsc'), ['--noEmit', '--incremental', 'false']),
    check('style', bin('biome'), ['check', '.']).then(() =>
      check('direction of imports', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', ...folders]),
    ),
  ]);
  await tests('unit, property and integration tests');
  await journeys();
}

if (process.argv[2] === 'systems')
  await tests('connectors against real servers', ['--config', 'vitest.systems.config.ts']);
else await everything();
fs.rmSync(scratch, { recursive: true, force: true });
process.stdout.write(['', ...named, ''].join('\n'));
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exit(total.failed === 0 ? 0 : 1);
