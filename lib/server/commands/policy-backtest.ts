import type { Command } from 'commander';
import { amountText } from '@/lib/exposures/format';
import { backtest } from '@/lib/policies/backtests/backtest';
import { isTest } from '@/lib/policies/is-test';
import type { BacktestResult, Tally } from '@/lib/policies/life-model';
import { merge } from '@/lib/policies/merge';
import { readDir } from '@/lib/policies/read-dir';
import { onDatabase, print, table } from '@/lib/server/commands/run';

interface Options {
  from?: string;
  to?: string;
  limit: string;
  rows: string;
  json: boolean;
}

const tallyCells = (tally: Tally) => ({
  'newly refused': tally.newlyRefused,
  'newly allowed': tally.newlyAllowed,
  'step-ups added': tally.stepUps,
  other: tally.other,
});

function resultText(result: BacktestResult, rows: number): string {
  const { changes, decisions, against } = result;
  const value = result.value.flatMap(({ unit, scale, refused, allowed }) => [
    ...(refused === '0' ? [] : [`${amountText(refused, scale, unit)} would have been refused`]),
    ...(allowed === '0' ? [] : [`${amountText(allowed, scale, unit)} let pass`]),
  ]);
  const changed = decisions - result.unchanged;
  return [
    `${decisions} decisions from ${result.from} to ${result.to}, judged again ${against === null ? `with ${result.set} added` : `against version ${against} of ${result.set}`}:`,
    `${changed} would differ: ${changes.newlyRefused} newly refused, ${changes.newlyAllowed} newly allowed, ${changes.stepUps} step-ups added, ${changes.other} otherwise.`,
    ...(value.length ? [`${value.join('; ')}.`] : []),
    `With nothing changed the replay reproduces ${result.reproduced} of ${decisions} stored decisions.`,
    ...(result.truncated ? ['More lie in the period: the oldest were left out (--limit).'] : []),
    ...(changed
      ? [
          '',
          table(
            result.byIdentity.map((one) => ({ identity: one.name, ...tallyCells(one) })),
            '',
          ),
        ]
      : []),
    ...(changed
      ? [
          '',
          table(
            result.byRule.map((one) => ({ rule: one.rule, ...tallyCells(one) })),
            '',
          ),
        ]
      : []),
    ...(changed && rows
      ? [
          '',
          table(
            result.rows.slice(0, rows).map((row) => ({
              at: row.at,
              identity: row.identityName,
              session: row.session,
              action: row.action,
              resource: row.resource,
              amount: row.amount === null ? null : amountText(row.amount, row.scale, row.unit),
              was: row.was,
              now: row.now,
              rule: row.nowRule ?? row.wasRule,
              decision: row.decisionId,
            })),
            '',
          ),
        ]
      : []),
  ].join('\n');
}

/** Exit code 0: done, whatever it found; 2: the policies have problems. */
export function policyBacktestCommand(policy: Command): void {
  policy
    .command('backtest')
    .description('judge stored decisions again under a folder of policies, and show what would differ; changes nothing')
    .argument('<dir>', 'folder of policies, or one file')
    .option('--from <time>', 'ISO 8601; default: a week before --to')
    .option('--to <time>', 'ISO 8601; default: now')
    .option('--limit <n>', 'decisions at most, the newest', '10000')
    .option('--rows <n>', 'decisions listed', '20')
    .option('--json', 'print the result as JSON', false)
    .action((dir: string, options: Options) =>
      onDatabase(options.json, async (ctx) => {
        const files = readDir(dir).filter((file) => !isTest(file.name));
        const source = merge(files);
        const time = (text: string | undefined) =>
          text && Number.isFinite(Date.parse(text)) ? new Date(text).toISOString() : text;
        const result = await backtest(ctx, {
          source,
          from: time(options.from),
          to: time(options.to),
          limit: Number(options.limit),
        });
        print(options.json ? result : resultText(result, Number(options.rows) || 0));
      }),
    );
}
