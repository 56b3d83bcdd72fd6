import fs from 'node:fs';
import type { Command } from 'commander';
import { blindReport } from '@/lib/allotments/blind-report';
import { blindText, flagText, pointText } from '@/lib/allotments/format';
import { render } from '@/lib/coverage/render';
import { take } from '@/lib/coverage/take';
import { BraidError } from '@/lib/platform/errors';
import { onDatabase, print, table } from '@/lib/server/commands/run';

const FORMATS = ['json', 'csv', 'pdf'] as const;

export function reportCommands(program: Command): void {
  const report = program.command('report').description('the weekly visibility report, and what was decided blind');
  report
    .command('blind')
    .description('the share of value decided without knowing shared state, and the variance of every enforcement point')
    .option('--from <time>', 'ISO 8601; without: seven days')
    .option('--to <time>', 'ISO 8601; without: now')
    .option('--json', 'print the result as JSON', false)
    .action((options: { from?: string; to?: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const found = await blindReport(ctx, { from: options.from, to: options.to });
        const rows = found.points.map((point) => ({
          point: point.name,
          mode: pointText(point),
          decisions: point.decisions,
          allotments: point.allotments,
          told: point.told,
          variance: flagText(point),
        }));
        print(options.json ? found : `${blindText(found)}\n${table(rows, 'no enforcement point')}`);
      }),
    );
  report
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
        const written = await render(ctx, { format });
        if (options.out) {
          fs.writeFileSync(options.out, written.body);
          print(options.out);
        } else process.stdout.write(written.body);
      }),
    );
}
