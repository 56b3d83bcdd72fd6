import type { Command } from 'commander';
import { apply } from '@/lib/policies/apply';
import { list } from '@/lib/policies/list';
import { readDir } from '@/lib/policies/read-dir';
import { policyCheckCommand } from '@/lib/server/commands/policy-check';
import { policyTestCommand } from '@/lib/server/commands/policy-test';
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
  policyCheckCommand(policy);
  policyTestCommand(policy);
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
