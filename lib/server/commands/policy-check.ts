import type { Command } from 'commander';
import { checkDir } from '@/lib/policies/check-dir';
import type { Problem } from '@/lib/policies/model';
import { readDir } from '@/lib/policies/read-dir';
import { complain, print } from '@/lib/server/commands/run';

/** One problem with the line it stands in and a mark under the place. */
function problemText(dir: string, problem: Problem, files: { name: string; text: string }[]): string {
  const { file, line, column, code, message } = problem;
  const text = (files.find((one) => one.name === file) ?? files[0])?.text.split('\n')[line - 1] ?? '';
  const shown = text.slice(0, 160);
  const mark = column <= shown.length + 1 ? `\n    ${' '.repeat(column - 1)}^` : '';
  return `${file ?? dir}:${line}:${column}: ${message} [${code}]\n    ${shown}${mark}`;
}

/** Exit code 0: no problems, 2: problems. Works without a database. */
export function policyCheckCommand(policy: Command): void {
  policy
    .command('check')
    .description('check a folder of policies without applying it: every problem with file, line and column')
    .argument('<dir>', 'folder of policies, or one file')
    .option('--json', 'print the result as JSON', false)
    .action((dir: string, options: { json: boolean }) => {
      try {
        const files = readDir(dir);
        const { ok, problems, document } = checkDir(files);
        if (!ok) process.exitCode = 2;
        if (options.json) return print({ ok, set: document?.set ?? null, problems });
        if (ok)
          return print(
            `${dir}: no problems. Set ${document!.set}: ${document!.rules.length} rules, ${Object.keys(document!.meters).length} meters.`,
          );
        for (const problem of problems) process.stderr.write(`${problemText(dir, problem, files)}\n`);
        process.stderr.write(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} in ${dir}.\n`);
      } catch (error) {
        complain(error, options.json);
      }
    });
}
