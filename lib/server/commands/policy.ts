import type { Command } from 'commander';
import { list } from '@/lib/policies/list';
import { policyApplyCommand } from '@/lib/server/commands/policy-apply';
import { policyBacktestCommand } from '@/lib/server/commands/policy-backtest';
import { policyCheckCommand } from '@/lib/server/commands/policy-check';
import { policyExemptCommands } from '@/lib/server/commands/policy-exempt';
import { policyLifeCommands } from '@/lib/server/commands/policy-life';
import { policyTestCommand } from '@/lib/server/commands/policy-test';
import { onDatabase, print, table } from '@/lib/server/commands/run';

export function policyCommands(program: Command): void {
  const policy = program.command('policy').description('policies as code');
  policyCheckCommand(policy);
  policyTestCommand(policy);
  policyBacktestCommand(policy);
  policyApplyCommand(policy);
  policyLifeCommands(policy);
  policyExemptCommands(policy);
  policy
    .command('list')
    .description('the sets and which version of each is active or in shadow')
    .option('--json', 'print the result as JSON', false)
    .action((options: { json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const result = await list(ctx);
        const rows = result.items.map((set) => ({
          set: set.name,
          version: set.version,
          state: set.state,
          mode: set.mode,
          since: set.activatedAt ?? set.createdAt,
          by: set.activatedBy ?? set.createdBy,
        }));
        print(options.json ? result : table(rows, 'No policy set. Apply one: braid policy apply <dir>'));
      }),
    );
}
