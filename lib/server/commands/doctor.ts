import type { Command } from 'commander';
import { diagnose } from '@/lib/server/commands/diagnose';
import { onDatabase, print, table } from '@/lib/server/commands/run';

export function doctorCommand(program: Command): void {
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
