import type { Command } from 'commander';
import { foreseeCounts } from '@/lib/policies/foresee-counts';
import { promote } from '@/lib/policies/promote';
import { retire } from '@/lib/policies/retire';
import { rollBack } from '@/lib/policies/roll-back';
import { shadowResults } from '@/lib/policies/shadow-results';
import { onDatabase, print, table } from '@/lib/server/commands/run';

interface Options {
  reason: string;
  dryRun?: boolean;
  shadow?: boolean;
  from?: string;
  to?: string;
  json: boolean;
}

const instead = (replaces: number | null) => (replaces === null ? '' : `, in place of version ${replaces}`);

export function policyLifeCommands(policy: Command): void {
  for (const [word, verb, about] of [
    ['promote', promote, 'make the version in shadow the active one'],
    ['rollback', rollBack, 'give back what an earlier version said, as a new version'],
  ] as const)
    policy
      .command(word)
      .description(about)
      .argument('<set>', 'name of the policy set')
      .argument('<version>', 'its number')
      .requiredOption('--reason <reason>', 'kept with the version and in the audit log')
      .option('--dry-run', 'only say what would become of present counts', false)
      .option('--json', 'print the result as JSON', false)
      .action((name: string, version: string, { reason, dryRun, json }: Options) =>
        onDatabase(json, async (ctx) => {
          if (dryRun) {
            const foreseen = await foreseeCounts(ctx, { name, version: Number(version) });
            print(json ? foreseen : foreseen.notes.join('\n') || 'Present counts go on as they are.');
            return;
          }
          const placed = await verb(ctx, { name, version: Number(version), reason });
          const notes = placed.notes.map((note) => `\n${note}`).join('');
          print(json ? placed : `${name} version ${placed.version} is active${instead(placed.replaces)}.${notes}`);
        }),
      );
  policy
    .command('retire')
    .description('take a set out of force, or with --shadow its version out of shadow')
    .argument('<set>', 'name of the policy set')
    .requiredOption('--reason <reason>', 'kept in the audit log')
    .option('--shadow', 'only its version in shadow', false)
    .option('--json', 'print the result as JSON', false)
    .action((name: string, { reason, shadow, json }: Options) =>
      onDatabase(json, async (ctx) => {
        const retired = await retire(ctx, { name, reason, what: shadow ? 'shadow' : 'active' });
        print(json ? retired : `${name} version ${retired.version} is ${shadow ? 'no longer in shadow' : 'retired'}.`);
      }),
    );
  policy
    .command('shadow')
    .description('what rules and versions in shadow would have answered, counted from the log')
    .argument('<set>', 'name of the policy set')
    .option('--from <time>', 'ISO 8601; default: a day before --to')
    .option('--to <time>', 'ISO 8601; default: now')
    .option('--json', 'print the result as JSON', false)
    .action((set: string, { from, to, json }: Options) =>
      onDatabase(json, async (ctx) => {
        const results = await shadowResults(ctx, { set, from, to });
        const rows = results.rules.flatMap((rule) =>
          rule.identities.map((one) => ({
            rule: rule.rule,
            would: rule.verdict,
            identity: one.name,
            fired: one.fired,
            'would change': one.wouldChange,
          })),
        );
        const none = `No rule of ${set} in shadow fired in ${results.decisions} decisions.`;
        print(json ? results : [table(rows, none), ...(results.deaf ? [results.deaf] : [])].join('\n'));
      }),
    );
}
