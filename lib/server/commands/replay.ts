import type { Command } from 'commander';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { analyseBoundaries } from '@/lib/replay/analyse-boundaries';
import { counterfactual } from '@/lib/replay/counterfactual';
import { type ChangeInput, changeSchema } from '@/lib/replay/counterfactual-model';
import { onDatabase, print, table } from '@/lib/server/commands/run';

interface Options {
  from?: string;
  to?: string;
  exposure?: string;
  end: string[];
  limit: string[];
  scope: string[];
  version: string[];
  json: boolean;
}

const several = (value: string, all: string[]): string[] => [...all, value];
const HOUR_MS = 3_600_000;

/** `payments/daily-cap=8000` in its parts. */
function parts(text: string): [string, string, string] {
  const found = /^([^/=]+)\/([^=]+)=(.+)$/.exec(text);
  if (!found) throw new BraidError('input.invalid', `"${text}" is not <set>/<name>=<value>.`);
  return [found[1]!, found[2]!, found[3]!];
}

function changeOf(options: Options): ChangeInput {
  const read = changeSchema.safeParse({
    ended: options.end.map((text) => {
      const [sessionId, at] = text.split('@');
      return { sessionId, ...(at ? { at } : {}) };
    }),
    limits: options.limit.map(parts).map(([set, rule, max]) => ({ set, rule, max })),
    scopes: options.scope.map(parts).map(([set, meter, per]) => ({ set, meter, per })),
    versions: options.version.map((text) => {
      const [set, version] = text.split('=');
      return { set, version: Number(version) };
    }),
  });
  if (!read.success) throw read.error;
  return read.data;
}

export function replayCommands(program: Command): void {
  program
    .command('replay')
    .description('what would have come of a period had something been otherwise; writes nothing')
    .option('--from <time>', 'ISO 8601; without: an hour ago')
    .option('--to <time>', 'ISO 8601; without: now')
    .option('--exposure <id>', 'only identities that have to do with this exposure')
    .option('--end <session>[@time]', 'a session had ended, or never been; repeatable', several, [])
    .option('--limit <set/rule=max>', 'a rule had another limit, in major units; repeatable', several, [])
    .option('--scope <set/meter=per>', 'a meter counted per something else; repeatable', several, [])
    .option('--version <set=n>', 'another stored version was in force; repeatable', several, [])
    .option('--json', 'print the result as JSON', false)
    .action((options: Options) =>
      onDatabase(options.json, async (ctx) => {
        const to = options.to ?? clock.now().toISOString();
        const from = options.from ?? new Date(Date.parse(to) - HOUR_MS).toISOString();
        const change = changeOf(options);
        const told = await counterfactual(ctx, { from, to, exposureId: options.exposure, limit: 20_000, change });
        const rows = told.flips.map((one) => ({
          at: one.at,
          session: one.sessionLabel,
          action: one.action,
          was: one.was,
          would: one.would,
          by: one.ruleId ?? one.reason,
        }));
        const since = { period: '', change: ', from the change on,', newest: ', the newest,' }[told.since];
        const said = `${told.flipped} of ${told.decisions} decisions${since} would have come out otherwise.\nWith nothing changed the replay reproduces ${told.reproduced} of ${told.decisions} stored decisions.`;
        print(options.json ? told : [said, table(rows, 'none'), ...told.notes].join('\n'));
      }),
    );
  program
    .command('boundaries')
    .description('where activity could be split to stay under the limits of a policy set')
    .argument('<set>', 'name of the policy set')
    .option('--rule <id>', 'one limit alone; without: all of them, one after another')
    .option('--from <time>', 'the history looked at, ISO 8601; without: seven days before its end')
    .option('--to <time>', 'ISO 8601; without: now')
    .option('--json', 'print the result as JSON', false)
    .action((name: string, { json, ...period }: { json: boolean; rule?: string; from?: string; to?: string }) =>
      onDatabase(json, async (ctx) => {
        const found = await analyseBoundaries(ctx, { name, ...period });
        const rows = found.limits.flatMap((limit) =>
          limit.boundaries.map((one) => ({
            limit: limit.ruleId,
            split: one.dimension,
            keys: one.keys,
            passes: one.reach,
            beyond: one.undetected,
            simulated: one.simulated ?? '-',
            closed: `per ${one.closedBy}`,
          })),
        );
        const untold = found.limits.flatMap(({ ruleId, skipped, unvaried }) => [
          ...(skipped ? [`${ruleId} was not analysed: ${skipped}`] : []),
          ...unvaried.map(({ key, why }) => `${ruleId} was not analysed per ${key}: ${why}`),
        ]);
        const none = untold.length ? 'no key that was tried splits a limit' : 'no limit can be split';
        print(json ? found : [table(rows, none), ...untold].join('\n'));
      }),
    );
}
