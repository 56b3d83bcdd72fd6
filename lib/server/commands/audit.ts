import type { Command } from 'commander';
import { verify } from '@/lib/decisions/verify';
import { diagnose } from '@/lib/server/commands/diagnose';
import { onDatabase, print, table } from '@/lib/server/commands/run';

export function auditCommands(program: Command): void {
  program
    .command('audit')
    .description('the decision log')
    .command('verify')
    .description('prove that no decision was changed or cut away and that the ledger adds up')
    .option('--json', 'print the result as JSON', false)
    .action((options: { json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const result = await verify(ctx);
        const broken = result.problems.map((problem) => ({
          problem: typeof problem === 'string' ? problem : JSON.stringify(problem),
        }));
        print(
          options.json
            ? result
            : result.ok
              ? `Verified: ${result.decisions} decisions, ${result.ledgerEntries} ledger entries, ${result.writers} writers.`
              : table(broken, ''),
        );
        if (!result.ok) process.exitCode = 1;
      }),
    );
  program
    .command('doctor')
    .description('check this installation and say what to do about what is wrong')
    .option('--json', 'print the result as JSON', false)
    .action((options: { json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const checks = await diagnose(ctx);
        print(
          options.json
            ? { checks }
            : table(
                checks.map((check) => ({ ok: check.ok ? 'ok' : 'no', check: check.check, found: check.found })),
                'nothing to check',
              ),
        );
        if (checks.some((check) => !check.ok)) process.exitCode = 1;
      }),
    );
}
