import type { Command } from 'commander';
import { amountText } from '@/lib/exposures/format';
import { listHolds } from '@/lib/exposures/list-holds';
import { releaseFor } from '@/lib/exposures/release-for';
import { onDatabase, print, table } from '@/lib/server/commands/run';

export function holdCommands(program: Command): void {
  const hold = program.command('hold').description('what callers hold: reservations, leases');
  hold
    .command('list')
    .description('holds and leases that are open now, the latest first')
    .option('--exposure <id>', 'only those that hold of this exposure')
    .option('--limit <n>', 'rows, at most 200', '50')
    .option('--json', 'print the result as JSON', false)
    .action((options: { exposure?: string; limit: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const page = await listHolds(ctx, { exposureId: options.exposure, limit: Number(options.limit) });
        const rows = page.items.map((row) => ({
          id: row.id,
          kind: row.kind,
          holds: row.lines
            .map((one) => `${amountText(one.amount, one.scale, one.unit)} of ${one.meter} ${one.keyName ?? one.key}`)
            .join(', '),
          by: `${row.identityName}${row.sessionLabel ? ` · ${row.sessionLabel}` : ''}`,
          token: row.tokenName,
          expires: row.expiresAt,
        }));
        print(options.json ? page : table(rows, 'Nothing is held.'));
      }),
    );
  hold
    .command('release')
    .description('give back what a caller holds that will not do so itself; nothing of it counts')
    .argument('<id>', 'of the hold, as "braid hold list" says')
    .requiredOption('--reason <text>', 'why; kept in the audit log')
    .option('--json', 'print the result as JSON', false)
    .action((id: string, { reason, json }: { reason: string; json: boolean }) =>
      onDatabase(json, async (ctx) => {
        const done = await releaseFor(ctx, { id, reason });
        print(json ? done : `${done.kind} ${id} is released.`);
      }),
    );
}
