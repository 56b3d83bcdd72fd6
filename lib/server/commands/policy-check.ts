import type { Command } from 'commander';
import type { Checked } from '@/lib/policies/check';
import { checkAgainst } from '@/lib/policies/check-against';
import { checkDir } from '@/lib/policies/check-dir';
import type { Problem } from '@/lib/policies/model';
import { readDir } from '@/lib/policies/read-dir';
import { complain, onDatabase, print } from '@/lib/server/commands/run';

/** One problem with the line it stands in and a mark under the place. */
function problemText(dir: string, problem: Problem, files: { name: string; text: string }[]): string {
  const { file, line, column, code, message } = problem;
  const text = (files.find((one) => one.name === file) ?? files[0])?.text.split('\n')[line - 1] ?? '';
  const shown = text.slice(0, 160);
  const mark = column <= shown.length + 1 ? `\n    ${' '.repeat(column - 1)}^` : '';
  return `${file ?? dir}:${line}:${column}: ${message} [${code}]\n    ${shown}${mark}`;
}

interface Options {
  counts: boolean;
  json: boolean;
}

type Files = { name: string; text: string }[];

function say(dir: string, files: Files, checked: Checked & { notes?: string[] }, { json }: Options): void {
  const { ok, problems, document, notes } = checked;
  if (!ok) process.exitCode = 2;
  if (json) print({ ok, set: document?.set ?? null, problems, ...(notes ? { notes } : {}) });
  else if (ok) {
    const counts = `${document!.rules.length} rules, ${Object.keys(document!.meters).length} meters`;
    const becomes = notes?.length === 0 ? ['Present counts go on as they are.'] : (notes ?? []);
    print([`${dir}: no problems. Set ${document!.set}: ${counts}.`, ...becomes].join('\n'));
  } else {
    for (const problem of problems) process.stderr.write(`${problemText(dir, problem, files)}\n`);
    process.stderr.write(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} in ${dir}.\n`);
  }
}

/** Exit code 0: no problems, 2: problems. Works without a database, but for what would become of present counts. */
export function policyCheckCommand(policy: Command): void {
  policy
    .command('check')
    .description('check a folder of policies without applying it: every problem with file, line and column')
    .argument('<dir>', 'folder of policies, or one file')
    .option('--counts', 'also say what would become of present counts: asks the database', false)
    .option('--json', 'print the result as JSON', false)
    .action(async (dir: string, options: Options) => {
      if (options.counts)
        return onDatabase(options.json, async (ctx) => {
          const files = readDir(dir);
          say(dir, files, await checkAgainst(ctx, files), options);
        });
      try {
        const files = readDir(dir);
        say(dir, files, checkDir(files), options);
      } catch (error) {
        complain(error, options.json);
      }
    });
}
