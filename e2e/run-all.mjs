#!/usr/bin/env node
// `npm test`: everything that proves Braid, in order of cost; the last line sums over all runners. Needs nothing but npm's packages.
// `npm run test:systems`: the suites against real servers, which have to be installed.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

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
/** Why, in so few lines that the end of the output holds the reason of everything that failed. */
const because = (messages) => {
  for (const message of new Set(messages.map((one) => stripVTControlCharacters(String(one ?? '')).trim())))
    named.push(
      ...message
        .split('\n')
        .slice(0, 14)
        .map((line) => `    ${line.slice(0, 300)}`),
    );
};
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

// A machine that is busy for a moment is no reason to doubt everything else: what fails is tried again afresh (a process, a
// database, a house of its own), as what the first try left behind may be all that is wrong with the second. Whatever
// needed it is named; that is to be mended, not waited for.
const TRIES = 3;
const FEW = 20; // more groups failing at a time are no accident

/** @typedef {{ group: string, title: string, state: 'passed' | 'failed' | 'skipped', again?: boolean, why: string[] }} Outcome */

/** Runs all, then the groups that failed, and adds up how each test ended last. */
async function settle(title, attempt) {
  let { code, outcomes } = await attempt(title);
  for (let tries = 1; tries < TRIES; tries++) {
    const failing = [...new Set(outcomes.filter((one) => one.state === 'failed').map((one) => one.group))];
    const outside = code !== 0 && !failing.length; // one that did not even come up, or an error between tests: all again
    if (outside ? tries > 1 : !failing.length || failing.length > FEW) break;
    const before = new Map(outcomes.map((one) => [`${one.group} ${one.title}`, one]));
    const next = await attempt(`${title}, once more: ${failing.join(', ') || 'all'}`, failing);
    const tried = new Set(next.outcomes.map((one) => one.group));
    code = next.code;
    outcomes = outcomes.filter((one) => !tried.has(one.group));
    for (const one of next.outcomes) {
      const was = before.get(`${one.group} ${one.title}`) ?? before.get(`${one.group} `);
      outcomes.push(was?.why.length ? { ...one, again: true, why: [...was.why, ...one.why] } : one);
    }
  }
  // What has a reason comes last, where it is read.
  outcomes.sort((a, b) => Number(a.why.length > 0) - Number(b.why.length > 0));
  const count = (state) => outcomes.filter((one) => one.state === state).length;
  for (const one of outcomes) {
    if (one.state !== 'failed' && !one.again) continue;
    name(title, `${one.group} ${one.title}${one.state === 'passed' ? ' (came right when tried again)' : ''}`);
    because(one.why);
  }
  const outside = code !== 0 && !count('failed');
  if (outside) name(title, `ended with code ${code}, no test failed: an error outside of any is above`);
  add(count('passed'), count('failed') + (outside ? 1 : 0), count('skipped'));
}

/** A group is a file: what it left in its database may be why its other tests fail. */
const tests = (title, more = []) =>
  settle(title, async (called, files = []) => {
    const file = path.join(scratch, 'vitest.json');
    fs.rmSync(file, { force: true });
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const code = await run(called, bin('vitest'), ['run', '--retry=1', ...more, ...reporters, ...files]);
    const outcomes = (read(file)?.testResults ?? []).flatMap((one) => {
      const group = path.relative(root, one.name);
      const each = (one.assertionResults ?? []).map((test) => ({
        group,
        title: test.fullName,
        state: ['passed', 'failed'].includes(test.status) ? test.status : 'skipped',
        again: test.status === 'passed' && test.failureMessages?.length > 0,
        why: test.failureMessages ?? [],
      }));
      const whole = one.status === 'failed' && !each.some((test) => test.state === 'failed');
      return whole ? [...each, { group, title: '', state: 'failed', why: [one.message] }] : each;
    });
    return { code, outcomes };
  });

/** A group is a project: the journeys through one house build on each other, and the pages are looked at after them. */
const journeys = () =>
  settle('journeys in a browser', async (called, projects = []) => {
    const file = path.join(scratch, 'playwright.json');
    const errors = path.join(scratch, 'server-errors.log');
    fs.rmSync(file, { force: true });
    const which = projects.flatMap((project) => ['--project', project]);
    const args = ['test', '--reporter=list,json', ...which];
    const code = await run(called, bin('playwright'), args, {
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
      E2E_SERVER_ERRORS: errors,
    });
    // What the servers said helps only where something went wrong: journeys provoke errors on purpose.
    const said = read(file) && fs.existsSync(errors) ? fs.readFileSync(errors, 'utf8').split('\n').slice(-10) : [];
    const outcomes = specs(read(file)?.suites ?? []).flatMap((spec) =>
      spec.tests.map((test) => {
        // Not begun, as what it builds on failed: neither right nor wrong, and to be tried with that.
        const begun = test.results.length > 0;
        const state = test.status === 'skipped' ? (begun ? 'skipped' : 'failed') : test.status;
        const why = test.results.flatMap((result) => result.errors.map((error) => error.message));
        return {
          group: test.projectName,
          title: `${spec.file} ${spec.title}`,
          state: { expected: 'passed', flaky: 'passed', unexpected: 'failed' }[state] ?? state,
          again: test.status === 'flaky',
          why: why.length ? [...why, ...(said.length ? [`the servers last said:\n${said.join('\n')}`] : [])] : [],
        };
      }),
    );
    return { code, outcomes };
  });

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
