import type { Command } from 'commander';
import type { Ctx } from '@/lib/access/model';
import { list } from '@/lib/drills/list';
import { listSchedules } from '@/lib/drills/list-schedules';
import { type DrillRow, EVERY } from '@/lib/drills/model';
import { setSchedule } from '@/lib/drills/set-schedule';
import { start } from '@/lib/drills/start';
import { BraidError } from '@/lib/platform/errors';
import { connectorId } from '@/lib/server/commands/connector-id';
import { onDatabase, print, table } from '@/lib/server/commands/run';
import { until } from '@/lib/server/commands/settle';

const seconds = (ms: number | null): string | null => (ms === null ? null : `${(ms / 1000).toFixed(1)} s`);

const columns = (row: DrillRow) => ({
  system: row.connectorName,
  canary: row.canary,
  state: row.state,
  'refused after': seconds(row.refusedMs),
  'sessions dead after': seconds(row.deadMs),
  'verified after': seconds(row.verifiedMs),
  held: row.startedAt,
  detail: row.detail,
});

/** The drill itself, once it is over and the access is given back, or as it stands after so many seconds. */
async function settled(ctx: Ctx, drill: { connectorId: string; id: string }, most: number): Promise<DrillRow> {
  const own = async () => {
    const { items } = await list(ctx, { connectorId: drill.connectorId });
    const found = items.find((one) => one.id === drill.id);
    if (!found) throw new BraidError('not_found', 'There is no such drill.');
    return found;
  };
  return until(most, own, (row) => row.state !== 'running');
}

export function drillCommands(program: Command): void {
  const drill = program.command('drill').description('how long ending access really takes, measured with a canary');
  drill
    .command('list')
    .description('drills with what they measured, newest first')
    .option('--connector <id or name>', 'only of this system')
    .option('--limit <n>', 'rows, at most 200', '20')
    .option('--json', 'print the result as JSON', false)
    .action((options: { connector?: string; limit: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const of = options.connector ? { connectorId: await connectorId(ctx, options.connector) } : {};
        const result = await list(ctx, { ...of, limit: Number(options.limit) });
        print(options.json ? result : table(result.items.map(columns), 'No drill was held yet.'));
      }),
    );
  drill
    .command('run')
    .description('end the access of a system’s canary, time it and give it back. Exit code 1 unless it passed')
    .argument('<connector>', 'id or name; its settings name the canary')
    .option('--wait <seconds>', 'how long to wait for the result; it goes on either way', '120')
    .option('--json', 'print the result as JSON', false)
    .action((given: string, options: { wait: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const id = await connectorId(ctx, given);
        const held = await start(ctx, { connectorId: id });
        const row = await settled(ctx, { connectorId: id, id: held.id }, Number(options.wait));
        print(options.json ? row : table([columns(row)], ''));
        if (row.state !== 'passed') process.exitCode = 1;
      }),
    );
  drill
    .command('schedule')
    .description('how often each system is drilled; with a connector and a word: set it')
    .argument('[connector]', 'id or name')
    .argument('[every]', EVERY.join(', '))
    .option('--json', 'print the result as JSON', false)
    .action((given: string | undefined, every: string | undefined, options: { json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        if (given !== undefined) {
          const word = EVERY.find((one) => one === every);
          if (!word) throw new BraidError('input.invalid', `Say how often: ${EVERY.join(', ')}.`);
          await setSchedule(ctx, { connectorId: await connectorId(ctx, given), every: word });
        }
        const result = await listSchedules(ctx);
        const rows = result.items.map(({ connectorId: id, every: often, nextAt }) => ({
          id,
          every: often,
          next: nextAt,
        }));
        print(options.json ? result : table(rows, 'No system is drilled by itself.'));
      }),
    );
}
