import type { Command } from 'commander';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { endExemption } from '@/lib/policies/end-exemption';
import { exempt } from '@/lib/policies/exempt';
import { listExemptions } from '@/lib/policies/list-exemptions';
import { durationSecs } from '@/lib/policies/model';
import { identityId } from '@/lib/server/commands/identity-id';
import { onDatabase, print, table } from '@/lib/server/commands/run';
import { workflowId } from '@/lib/server/commands/workflow-id';

interface Options {
  identity?: string;
  workflow?: string;
  for?: string;
  until?: string;
  reason: string;
  set?: string;
  past: boolean;
  json: boolean;
}

function untilOf(options: Options): string {
  if (options.until) return new Date(options.until).toISOString();
  const secs = durationSecs(options.for ?? '');
  if (secs === null) throw new BraidError('input.invalid', 'Say how long: --for 8h, or --until 2026-01-31T18:00:00Z.');
  return new Date(clock.ms() + secs * 1000).toISOString();
}

export function policyExemptCommands(policy: Command): void {
  policy
    .command('exempt')
    .description('let a rule not bind an identity or a workflow until a time; then it binds again by itself')
    .argument('<set>', 'name of the policy set')
    .argument('<rule>', 'id of the rule in it')
    .option('--identity <id or name>', 'the identity')
    .option('--workflow <id or name>', 'the workflow')
    .option('--for <duration>', 'such as 8h or 14d')
    .option('--until <time>', 'ISO 8601')
    .requiredOption('--reason <reason>', 'kept with the exemption and in the audit log')
    .option('--json', 'print the result as JSON', false)
    .action((set: string, rule: string, options: Options) =>
      onDatabase(options.json, async (ctx) => {
        const { identity, workflow, reason } = options;
        const subject = {
          ...(identity ? { identityId: await identityId(ctx, identity) } : {}),
          ...(workflow ? { workflowId: await workflowId(ctx, workflow) } : {}),
        };
        const made = await exempt(ctx, { set, rule, ...subject, until: untilOf(options), reason });
        print(options.json ? made : `Exempt from ${set}/${rule} until ${made.until} (${made.id}).`);
      }),
    );
  policy
    .command('exemptions')
    .description('who is exempt from what, until when')
    .option('--set <set>', 'only of this policy set')
    .option('--past', 'also those that are over', false)
    .option('--json', 'print the result as JSON', false)
    .action((options: Options) =>
      onDatabase(options.json, async (ctx) => {
        const rows = await listExemptions(ctx, { set: options.set, past: options.past });
        const shown = rows.map((row) => ({
          id: row.id,
          rule: `${row.set}/${row.rule}`,
          who: row.identity?.name ?? `workflow ${row.workflow?.name}`,
          state: row.state,
          until: row.until,
          by: row.createdBy,
          reason: row.reason,
        }));
        print(options.json ? rows : table(shown, 'Nobody is exempt from anything.'));
      }),
    );
  policy
    .command('end-exemption')
    .description('let the rule bind again from the next request')
    .argument('<id>', 'of the exemption, as "braid policy exemptions" says')
    .requiredOption('--reason <reason>', 'kept with the exemption and in the audit log')
    .option('--json', 'print the result as JSON', false)
    .action((id: string, options: Options) =>
      onDatabase(options.json, async (ctx) => {
        const ended = await endExemption(ctx, { id, reason: options.reason });
        print(options.json ? ended : `Exemption ${ended.id} is over.`);
      }),
    );
}
