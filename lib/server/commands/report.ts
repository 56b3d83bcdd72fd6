import fs from 'node:fs';
import type { Command } from 'commander';
import { render } from '@/lib/coverage/render';
import { take } from '@/lib/coverage/take';
import { BraidError } from '@/lib/platform/errors';
import { onDatabase, print } from '@/lib/server/commands/run';

const FORMATS = ['json', 'csv', 'pdf'] as const;

export function reportCommands(program: Command): void {
  program
    .command('report')
    .description('the weekly visibility report')
    .command('weekly')
    .description('take a snapshot of coverage and write its report')
    .option('--format <format>', FORMATS.join(', '), 'json')
    .option('--out <file>', 'write to a file instead of standard output')
    .option('--json', 'same as --format json', false)
    .action((options: { format: string; out?: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const format = FORMATS.find((known) => known === (options.json ? 'json' : options.format));
        if (!format)
          throw new BraidError('input.invalid', `"${options.format}" is not a format: ${FORMATS.join(', ')}.`);
        if (format === 'pdf' && !options.out) throw new BraidError('input.invalid', 'A PDF needs --out <file>.');
        await take(ctx);
        const report = await render(ctx, { format });
        if (options.out) {
          fs.writeFileSync(options.out, report.body);
          print(options.out);
        } else process.stdout.write(report.body);
      }),
    );
}
