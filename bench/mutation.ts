// Changes the rules one small piece at a time and asks whether a test notices: the pure files of exposures and policies,
// judged by the tests that need no database.
//   npm run mutation [-- --only lib/exposures/state.ts,lib/policies/evaluate.ts]
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { installMutation, peersDir } from '@/bench/decide/packages';
import { keepResult } from '@/bench/lab/machine';
import { options } from '@/bench/lab/options';
import { projectRoot } from '@/lib/platform/env';

const PURE =
  /^lib\/(exposures\/([a-z-]*state|judge-?\w*|open-slices|format)|policies\/([a-z-]*evaluate|direct-expression|expression|merge|touch|compile|compile-document|suggest|check|check-shape|run-tests|rehearsal|play-fixture|compare-step|shape-problems))\.ts$/;
/** Of `exposures/` and `policies/`, what has to be noticed. */
const WANTED = 85;

interface Mutant {
  mutatorName: string;
  replacement?: string;
  status: 'Killed' | 'Survived' | 'NoCoverage' | 'Timeout' | 'CompileError' | 'RuntimeError' | 'Ignored';
  location: { start: { line: number; column: number }; end: { line: number; column: number } };
}

const asked = options(process.argv.slice(2), { only: '', concurrency: '2', json: '' });
const root = projectRoot();
const report = path.join(peersDir, 'mutation.json');
const why = installMutation();
if (why) {
  process.stderr.write(`Mutation tests can't run: ${why}\n`);
  process.exit(2);
}

const files = ['lib/exposures', 'lib/policies']
  .flatMap((folder) => fs.readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`))
  .filter((file) => (asked.only ? asked.only.split(',').includes(file) : PURE.test(file)));
const require = createRequire(path.join(peersDir, 'package.json'));
const config = path.join(peersDir, 'stryker.config.json');
fs.writeFileSync(
  config,
  JSON.stringify({
    testRunner: 'vitest',
    plugins: [require.resolve('@stryker-mutator/vitest-runner')],
    vitest: { configFile: 'bench/mutation/vitest.config.ts' },
    mutate: files,
    // Text for people and for programmers is held by other means.
    mutator: { excludedMutations: ['StringLiteral'] },
    coverageAnalysis: 'perTest',
    concurrency: Number(asked.concurrency),
    ignorePatterns: [
      '.next',
      '.braid',
      '.braid-demo',
      'bench/.peers',
      'bench/results',
      'docs/images',
      'test-results',
      'e2e',
    ],
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: report },
    tempDirName: '.stryker-tmp',
    allowConsoleColors: false,
    disableTypeChecks: false,
    checkers: [],
    timeoutMS: 10_000,
    dryRunTimeoutMinutes: 20,
  }),
);
const bin = path.join(path.dirname(require.resolve('@stryker-mutator/core/package.json')), 'bin', 'stryker.js');
const ran = spawnSync(process.execPath, [bin, 'run', config], { cwd: root, stdio: 'inherit' });
if (ran.status !== 0) process.exit(ran.status ?? 1);

const found = (JSON.parse(fs.readFileSync(report, 'utf8')) as { files: Record<string, { mutants: Mutant[] }> }).files;
const rows = Object.entries(found).map(([file, { mutants }]) => {
  const of = (...states: Mutant['status'][]) => mutants.filter((one) => states.includes(one.status));
  const noticed = of('Killed', 'Timeout').length;
  const missed = of('Survived', 'NoCoverage');
  return {
    file,
    noticed,
    missed: missed.length,
    score: noticed + missed.length ? (100 * noticed) / (noticed + missed.length) : 100,
    survivors: missed.map(({ location, mutatorName, replacement, status }) => ({
      line: location.start.line,
      mutator: mutatorName,
      replacement: replacement?.replace(/\s+/g, ' ').slice(0, 120),
      status,
    })),
  };
});
const total = (folder: string): number => {
  const mine = rows.filter((row) => row.file.startsWith(folder));
  const noticed = mine.reduce((sum, row) => sum + row.noticed, 0);
  const all = noticed + mine.reduce((sum, row) => sum + row.missed, 0);
  return all ? (100 * noticed) / all : 100;
};
for (const row of rows.sort((a, b) => a.score - b.score))
  process.stdout.write(
    `${row.score.toFixed(1).padStart(6)} %  ${row.file} (${row.missed} of ${row.noticed + row.missed} not noticed)\n`,
  );
for (const folder of ['lib/exposures', 'lib/policies'])
  process.stdout.write(`${total(folder).toFixed(1).padStart(6)} %  ${folder}\n`);
keepResult(
  'mutation',
  { at: new Date().toISOString(), exposures: total('lib/exposures'), policies: total('lib/policies'), rows },
  asked.json || undefined,
);
process.exit(asked.only || Math.min(total('lib/exposures'), total('lib/policies')) >= WANTED ? 0 : 1);
