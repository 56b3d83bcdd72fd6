import cliProgress from 'cli-progress';
import type { Command } from 'commander';
import { DETECTORS, type Detector } from '@/lib/findings/model';
import { hunt } from '@/lib/hunts/hunt';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { identityId } from '@/lib/server/commands/identity-id';
import { onDatabase, print, table } from '@/lib/server/commands/run';

interface Options {
  detector: string[];
  identity?: string;
  from?: string;
  to?: string;
  days: string;
  raise: boolean;
  json: boolean;
}

const instantOf = (text: string): string => {
  const ms = Date.parse(text);
  if (Number.isNaN(ms))
    throw new BraidError('input.invalid', `"${text}" is not a time: use 2026-05-04 or 2026-05-04T10:00:00Z.`);
  return new Date(ms).toISOString();
};

function detectorOf(text: string): Detector {
  if (text in DETECTORS) return text as Detector;
  throw new BraidError(
    'input.invalid',
    `"${text}" is not a detector. Detectors: ${Object.keys(DETECTORS).join(', ')}.`,
  );
}

const collect = (value: string, before: string[]): string[] => [...before, value];

/** Exit code 0: done, whatever it found. */
export function huntCommand(program: Command): void {
  program
    .command('hunt')
    .description('run detectors over stored history and show what they would have raised')
    .option('--detector <name>', 'only this one; may be given again', collect, [])
    .option('--identity <name>', 'only of this identity, by id or name')
    .option('--from <time>', 'begin of the period')
    .option('--to <time>', 'end of the period, default: now')
    .option('--days <days>', 'without --from: so many days before its end', '30')
    .option('--raise', 'raise what is found instead of showing it', false)
    .option('--json', 'print the result as JSON', false)
    .action((options: Options) =>
      onDatabase(options.json, async (ctx) => {
        const to = options.to ? instantOf(options.to) : clock.now().toISOString();
        const days = Number(options.days);
        if (!(days > 0 && days <= 366)) throw new BraidError('input.invalid', '--days is a number from 1 to 366.');
        const from = options.from
          ? instantOf(options.from)
          : new Date(Date.parse(to) - days * 86_400_000).toISOString();
        const bar =
          options.json || !process.stderr.isTTY
            ? undefined
            : new cliProgress.SingleBar(
                {
                  format: '{bar} {value}/{total} identities | {found} found',
                  hideCursor: true,
                  stream: process.stderr,
                },
                cliProgress.Presets.shades_classic,
              );
        bar?.start(1, 0, { found: 0 });
        const result = await hunt(
          ctx,
          {
            detectors: options.detector.map(detectorOf),
            ...(options.identity ? { identityId: await identityId(ctx, options.identity) } : {}),
            from,
            to,
            raises: options.raise,
          },
          {
            onProgress: ({ identities, identitiesTotal, found }) => {
              bar?.setTotal(identitiesTotal);
              bar?.update(identities, { found });
            },
          },
        ).finally(() => bar?.stop());
        if (options.json) return print({ from, to, raised: options.raise, ...result });
        const { progress, found } = result;
        print(
          `${progress.found} found in ${progress.identities} identities from ${from} to ${to}${options.raise ? ', raised' : '; nothing was raised (--raise does)'}.`,
        );
        if (found.length > 0)
          print(
            table(
              found.map((one) => ({
                severity: one.severity,
                detector: one.detector,
                identity: one.identityName,
                last: one.lastSeenAt.slice(0, 19),
                stands: one.known ? 'yes' : 'no',
                what: one.summary.slice(0, 160),
              })),
              '',
            ),
          );
      }),
    );
}
