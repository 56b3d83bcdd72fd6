// Changes the code of exposures and policies one small piece at a time and asks whether a test notices. What has not changed
// since it was last looked at, neither the code nor the tests that come by it, is not looked at again.
//   npm run mutation [-- --only lib/exposures/state.ts,lib/policies/touch] [--again] [--show] [--report] [--budget 2]
import fs from 'node:fs';
import path from 'node:path';
import { installMutation } from '@/bench/decide/packages';
import { keepResult, resultsDir } from '@/bench/lab/machine';
import { options } from '@/bench/lab/options';
import { type Bundle, bundle, importsOf, type Mutant, workDir } from '@/bench/mutation/bundle';
import { EQUAL } from '@/bench/mutation/equal';
import { FILES, LEFT_OUT, type Row, total, writeReport } from '@/bench/mutation/report';
import { nameOf, type Outcome, tryAll } from '@/bench/mutation/try';
import { projectRoot } from '@/lib/platform/env';

/** Of `exposures/` and `policies/`, what has to be noticed. */
const WANTED = 85;

const asked = options(process.argv.slice(2), { only: '', again: '', show: '', report: '', budget: '2' });
const root = projectRoot();
const why = installMutation();
if (why) {
  process.stderr.write(`Mutation tests can't run: ${why}\n`);
  process.exit(2);
}

const textOf = (file: string) => fs.readFileSync(path.join(root, file), 'utf8');
const within = (folder: string): string[] =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.posix.join(folder, name));
/** The tests that need no database: a mutant is judged by them in milliseconds. */
const tests = ['lib/exposures', 'lib/policies', 'lib/decisions', 'lib/approvals']
  .flatMap(within)
  .filter((file) => file.endsWith('.test.ts') && !/testDatabase|startProcess|\bvi\b/.test(textOf(file)));
const imports = await importsOf(tests);
/** What takes seconds is asked only of what it is about. */
const DEAR: Record<string, RegExp> = {
  'lib/policies/run-tests.test.ts': /\/(run-tests|rehearsal|play-fixture|compare-step)\.ts$/,
  'lib/policies/direct-expression.test.ts': /\/(direct-expression|expression|facts-evaluate)\.ts$/,
};
/** Behind these stands something remembered that may hide a mutant from a later test. */
const REMEMBERS = /\/(window-state|touch|(facts|views|declared)-evaluate|compile)\.ts$/;
const testsOf = (file: string): string[] =>
  tests.filter((test) => imports.get(test)!.has(file) && (DEAR[test]?.test(file) ?? true));
const only = asked.only ? asked.only.split(',') : [''];
const files = [...new Set(only.flatMap((one) => FILES.filter((file) => file.startsWith(one))))];

const resultAt = path.join(resultsDir, 'mutation.json');
const stored = fs.existsSync(resultAt) ? (JSON.parse(fs.readFileSync(resultAt, 'utf8')) as { rows: Row[] }).rows : [];
const rows = new Map(stored.filter((row) => FILES.includes(row.file)).map((row) => [row.file, row]));

function equalTo(file: string, mutant: Mutant, lines: string[]): boolean {
  const line = lines[mutant.location.start.line]?.trim();
  const replacement = mutant.replacement.replace(/\s+/g, ' ');
  return EQUAL.some((one) => one.file === file && one.line === line && one.replacement === replacement);
}

function rowOf(file: string, { mutants, hash }: Bundle, outcomes: Map<string, Outcome>, since: number): Row {
  const lines = textOf(file).split('\n');
  const count = (...states: Outcome['status'][]) =>
    mutants.filter((one) => states.includes(outcomes.get(one.id)!.status)).length;
  const missed = mutants.filter((one) => ['missed', 'unreached'].includes(outcomes.get(one.id)!.status));
  const different = missed.filter((one) => !equalTo(file, one, lines));
  const noticed = count('noticed', 'endless');
  const judged = noticed + different.length;
  return {
    file,
    hash,
    secs: Math.round((Date.now() - since) / 1000),
    noticed,
    missed: different.length,
    equal: missed.length - different.length,
    score: judged ? (100 * noticed) / judged : 100,
    survivors: different.map((one) => ({
      line: one.location.start.line + 1,
      mutator: one.mutatorName,
      was: cut(lines, one.location),
      is: one.replacement.replace(/\s+/g, ' ').slice(0, 120),
      reached: outcomes.get(one.id)!.status === 'missed',
    })),
  };
}

function cut(lines: string[], { start, end }: Mutant['location']): string {
  const text = lines.slice(start.line, end.line + 1);
  text[text.length - 1] = text.at(-1)!.slice(0, end.column);
  text[0] = text[0]!.slice(start.column);
  return text.join(' ').replace(/\s+/g, ' ').slice(0, 120);
}

function show(row: Row): void {
  const judged = `${row.missed} of ${row.noticed + row.missed} not noticed, ${row.equal} equal, ${row.secs} s`;
  process.stdout.write(`${row.score.toFixed(1).padStart(6)} %  ${row.file} (${judged})\n`);
  if (!asked.show) return;
  for (const { line, was, is, reached } of row.survivors)
    process.stdout.write(`            ${line}: ${was}  ->  ${is}${reached ? '' : '  (no test comes by)'}\n`);
}

let failed = 0;
for (const file of files)
  try {
    await judgeFile(file);
  } catch (error) {
    failed += 1;
    process.stdout.write(`     ?    ${file}: ${(error as Error).message}\n`);
  }

async function judgeFile(file: string): Promise<void> {
  const since = Date.now();
  const made = await bundle(file, testsOf(file));
  const before = rows.get(file);
  if (before) before.older = before.hash !== made.hash;
  if (asked.report || (before && !before.older && !asked.again)) {
    if (before) show(before);
    return;
  }
  const killersAt = path.join(workDir, `${file.replace(/\W+/g, '_')}.json`);
  const killers = fs.existsSync(killersAt) ? JSON.parse(fs.readFileSync(killersAt, 'utf8')) : {};
  const remember = (outcomes: ReadonlyMap<string, Outcome>) => {
    for (const mutant of made.mutants) {
      const by = outcomes.get(mutant.id)?.by;
      if (by) killers[nameOf(mutant)] = by;
    }
    fs.writeFileSync(killersAt, JSON.stringify(killers));
  };
  const budgetMs = Number(asked.budget) * 1000;
  const outcomes = await tryAll(made, { killers, budgetMs, remember, again: REMEMBERS.test(file) });
  const row = rowOf(file, made, outcomes, since);
  rows.set(file, row);
  show(row);
  keep();
}

function keep(): void {
  const all = FILES.map((file) => rows.get(file)).filter((row) => row !== undefined);
  keepResult('mutation', {
    at: new Date().toISOString(),
    exposures: total(all, 'lib/exposures'),
    policies: total(all, 'lib/policies'),
    leftOut: LEFT_OUT,
    equal: EQUAL,
    rows: all,
  });
  writeReport(all);
}
keep();
const scores = ['lib/exposures', 'lib/policies'].map((folder) => total([...rows.values()], folder));
process.stdout.write(`${scores.map((one) => `${one.toFixed(1)} %`).join(' of exposures, ')} of policies\n`);
process.exit(failed === 0 && (asked.only || Math.min(...scores) >= WANTED) ? 0 : 1);
