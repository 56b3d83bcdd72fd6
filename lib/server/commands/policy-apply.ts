import type { Command } from 'commander';
import { type Applied, apply } from '@/lib/policies/apply';
import { readDir } from '@/lib/policies/read-dir';
import { onDatabase, print } from '@/lib/server/commands/run';

interface Options {
  reason?: string;
  shadow: boolean;
  dryRun: boolean;
  exitCode: boolean;
  tests: boolean;
  json: boolean;
}

/** `--exit-code`: there is a difference. As `git diff --exit-code`, but 1 means failed here. */
const DIFFERS = 3;

function appliedText(applied: Applied): string {
  const { name, version, state, against, changed, dryRun, tests, hash, notes } = applied;
  const where = state === 'shadow' ? 'in shadow' : 'active';
  const head = applied.diff ? `${applied.diff}\n\n` : '';
  const ran = tests.run ? ` ${tests.run} fixtures hold.` : '';
  if (!changed) return `${name} version ${version} is ${where} already: its policies have not changed.${ran}`;
  const beside =
    against === null ? '' : state === 'shadow' ? `, beside version ${against}` : `, in place of version ${against}`;
  return `${head}${name} version ${version} ${dryRun ? `would be ${where}` : `is ${where}`}${beside} (${hash.slice(0, 12)}).${ran}${notes.map((one) => `\n${one}`).join('')}`;
}

/** Exit code 0: applied, or nothing to do; 2: policies or fixtures refuse it; 1: anything else; 3 with --exit-code: it differs. */
export function policyApplyCommand(policy: Command): void {
  policy
    .command('apply')
    .description("replace the set named in <dir>/set.yaml by the folder's; the next request is decided on it")
    .argument('<dir>', 'folder of policies (set.yaml, rules.yaml, …) and fixtures (*.test.yaml), or one file')
    .option('--reason <reason>', 'kept with the version and in the audit log')
    .option('--shadow', 'beside the active version: judged and logged, deciding nothing', false)
    .option('--dry-run', 'print what would change, and change nothing', false)
    .option('--exit-code', 'exit with 3 where something changed, or with --dry-run would', false)
    .option('--no-tests', 'apply although fixtures of the folder fail')
    .option('--json', 'print the result as JSON', false)
    .action((dir: string, options: Options) =>
      onDatabase(options.json, async (ctx) => {
        const { reason, shadow, dryRun } = options;
        const applied = await apply(ctx, { files: readDir(dir), reason, shadow, dryRun, skipTests: !options.tests });
        print(options.json ? applied : appliedText(applied));
        if (options.exitCode && applied.changed) process.exitCode = DIFFERS;
      }),
    );
}
