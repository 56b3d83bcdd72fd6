import type { Command } from 'commander';
import { BraidError } from '@/lib/platform/errors';
import { isTest } from '@/lib/policies/is-test';
import { readDir } from '@/lib/policies/read-dir';
import { runTests } from '@/lib/policies/run-tests';
import type { StepResult, TestReport, TestResult } from '@/lib/policies/test-model';
import { complain, print } from '@/lib/server/commands/run';

const failure = (test: TestResult, step: StepResult): string =>
  [
    `    ${test.file}:${step.line}: ${step.what}`,
    ...(test.order ? [`      in the order  ${test.order.join(', ')}`] : []),
    ...step.differences.map((one) => `      ${one.what}: expected ${one.expected}, came ${one.came}`),
    ...(step.verdict ? [`      came      ${step.verdict} (${step.reason}${step.rule ? `, ${step.rule}` : ''})`] : []),
    ...step.why.map((line, at) => `      ${at === 0 ? 'why       ' : '          '}${line}`),
  ].join('\n');

function testText(test: TestResult): string {
  const orders = test.orders ? `, ${test.orders} orders` : '';
  const count = `${test.steps.length} ${test.steps.length === 1 ? 'step' : 'steps'}${orders}`;
  if (test.ok) return `  ✓ ${test.name} (${count})`;
  return [`  ✗ ${test.name}`, ...test.steps.filter((step) => !step.ok).map((step) => failure(test, step))].join('\n');
}

function reportText(dir: string, report: TestReport): string {
  if (report.problems.length)
    return [
      ...report.problems.map((one) => `${one.file ?? dir}:${one.line}:${one.column}: ${one.message} [${one.code}]`),
      `Nothing was run: ${report.problems.length} ${report.problems.length === 1 ? 'problem' : 'problems'} in ${dir}.`,
    ].join('\n');
  const files = [...new Set(report.tests.map((test) => test.file))];
  const failed = report.tests.filter((test) => !test.ok).length;
  return [
    ...files.flatMap((file) => [file, ...report.tests.filter((test) => test.file === file).map(testText)]),
    '',
    `${report.tests.length} ${report.tests.length === 1 ? 'test' : 'tests'} of set ${report.set}: ${failed ? `${failed} failed` : 'all hold'}.`,
    ...(report.unfired.length ? [`Rules that no test made fire: ${report.unfired.join(', ')}.`] : []),
  ].join('\n');
}

/** Exit code 0: all hold, 1: some fail, 2: policies or fixtures can't be read. Works without a database. */
export function policyTestCommand(policy: Command): void {
  policy
    .command('test')
    .description('run the fixtures (*.test.yaml) of a folder of policies, in memory')
    .argument('<dir>', 'folder of policies with their fixtures')
    .option('--json', 'print the result as JSON', false)
    .action((dir: string, options: { json: boolean }) => {
      try {
        const files = readDir(dir);
        const tests = files.filter((file) => isTest(file.name));
        if (!tests.length) throw new BraidError('policy.invalid', `${dir} has no fixtures: add a file *.test.yaml.`);
        const report = runTests({ policies: files.filter((file) => !isTest(file.name)), tests });
        process.exitCode = report.ok ? 0 : report.problems.length ? 2 : 1;
        print(options.json ? report : reportText(dir, report));
      } catch (error) {
        complain(error, options.json);
      }
    });
}
