import type { Command } from 'commander';
import { BraidError } from '@/lib/platform/errors';
import { apply } from '@/lib/policies/apply';
import { list } from '@/lib/policies/list';
import { readDir } from '@/lib/policies/read-dir';
import { onDatabase, print, table } from '@/lib/server/commands/run';

export function policyCommands(program: Command): void {
  const policy = program.command('policy').description('policies as code');
  policy
    .command('apply')
    .description("replace the set named in <dir>/set.yaml by the folder's; the next request is decided on it")
    .argument('<dir>')
    .option('--reason <reason>', 'kept with the version and in the audit log')
    .option('--json', 'print the result as JSON', false)
    .action((dir: string, options: { reason?: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const applied = await apply(ctx, { files: readDir(dir), reason: options.reason });
        const how = applied.changed ? 'is active' : 'was active already';
        print(
          options.json ? applied : `${applied.name} version ${applied.version} ${how} (${applied.hash.slice(0, 12)}).`,
        );
      }),
    );
  policy
    .command('check')
    .description('check a folder of policies without applying it')
    .argument('<dir>')
    .option('--json', 'print the result as JSON', false)
    .action(async (dir: string, options: { json: boolean }) => {
      const { checkDir } = await import('@/lib/policies/check-dir');
      const { complain } = await import('@/lib/server/commands/run');
      try {
        const result = checkDir(readDir(dir));
        if (!result.ok)
          throw new BraidError('policy.invalid', `${result.problems.length} problem(s) in ${dir}.`, {
            detail: result.problems,
          });
        print(options.json ? result : `${dir}: no problems.`);
      } catch (error) {
        complain(error, options.json);
      }
    });
  policy
    .command('list')
    .description('the sets and which version of each is active')
    .option('--json', 'print the result as JSON', false)
    .action((options: { json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const result = await list(ctx);
        const rows = result.items.map((set) => ({
          set: set.name,
          version: set.version,
          state: set.state,
          mode: set.mode,
          since: set.activatedAt,
          by: set.createdBy,
        }));
        print(options.json ? result : table(rows, 'No policy set. Apply one: braid policy apply <dir>'));
      }),
    );
}
