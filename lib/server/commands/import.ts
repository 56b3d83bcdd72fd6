import cliProgress from 'cli-progress';
import type { Command } from 'commander';
import { formats } from '@/lib/connectors/formats';
import { currentMapping } from '@/lib/mappings/read-by';
import { clock } from '@/lib/platform/clock';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import { givenMapping } from '@/lib/server/commands/given-mapping';
import { onDatabase, print, table } from '@/lib/server/commands/run';
import { importSource } from '@/lib/sessions/import';
import { keepImport } from '@/lib/sessions/keep-import';

export function importCommand(program: Command): void {
  program
    .command('import')
    .description('read logs into sessions: braid import cloudtrail ./CloudTrail')
    .argument('<format>', 'auto: each file tells; a source (--formats lists them); or generic, with --mapping')
    .argument('<path...>', 'files or folders, .gz too')
    .option('--mapping <name or file>', 'with format generic: what its records mean, kept under this name or in a file')
    .option('--formats', 'list the sources whose logs can be read, and end')
    .option('--json', 'print the result as JSON, without a progress bar', false)
    .on('option:formats', () => {
      print(formatTable());
      process.exit(0);
    })
    .addHelpText('after', EXIT_CODES)
    .action((format: string, paths: string[], options: { json: boolean; mapping?: string }) =>
      onDatabase(options.json, async (ctx) => {
        const mapping = givenMapping(format, options.mapping);
        const bar =
          options.json || !process.stderr.isTTY
            ? undefined
            : new cliProgress.SingleBar(
                { format: '{bar} {percentage}% | {events} events | {file}', hideCursor: true, stream: process.stderr },
                cliProgress.Presets.shades_classic,
              );
        bar?.start(100, 0, { events: 0, file: '' });
        const startedAt = clock.now();
        const kept = { name: paths.join(', ').slice(0, 300), format: format.slice(0, 40), startedAt };
        const result = await importSource(ctx, {
          format,
          paths,
          ...(mapping?.mapping ? { kept: await currentMapping(mapping.mapping) } : {}),
          ...(mapping?.mappingText ? { mapping: mapping.mappingText } : {}),
          onProgress: (progress) =>
            bar?.update(Math.min(100, Math.round((100 * progress.bytesDone) / Math.max(1, progress.bytesTotal))), {
              events: progress.events,
              file: progress.file,
            }),
        })
          .catch(async (error: unknown) => {
            await keepImport(ctx, { ...kept, error: toBraidError(error).publicMessage.slice(0, 1000) }).catch(
              () => undefined,
            );
            throw pointed(error);
          })
          .finally(() => bar?.stop());
        await keepImport(ctx, { ...kept, format: result.format.slice(0, 40), result });
        // Nothing but refusals: a pipeline must notice.
        if (result.rejectedTotal > 0 && result.events + result.duplicates + result.skipped === 0) process.exitCode = 1;
        if (options.json) return print(result);
        if (result.empty === result.files)
          return print(`Nothing to read: ${some(result.empty, 'file is', 'files are')} empty.`);
        const { events, sessions, identities, findings, rejectedTotal } = result;
        print(
          `Read as ${result.format}: ${some(events, 'event')} into ${some(sessions, 'session')} of ${some(identities, 'identity', 'identities')} in ${result.seconds.toFixed(1)} s; ${result.duplicates} known already, ${result.skipped} without a session fact, ${some(findings, 'finding')}.`,
        );
        if (result.empty) print(`${some(result.empty, 'file is', 'files are')} empty.`);
        if (rejectedTotal) print(`${some(rejectedTotal, 'line')} could not be read:`);
        for (const { file, line, reason } of result.rejected) print(`  ${file}:${line} ${reason}`);
      }),
    );
}

const EXIT_CODES = `
Exit codes:
  0  read, or nothing to read: empty files are no error, whatever the format
  1  every line was refused, or something failed
  2  no such file or format, or a file that looks like no log Braid can read`;

const formatTable = (): string =>
  table(
    formats().map(({ name, title, aliases }) => ({ format: name, reads: title, 'also called': aliases.join(', ') })),
    '',
  );

/** Of what is no format, also where those that are one stand. */
function pointed(error: unknown): unknown {
  if (!(error instanceof BraidError) || !/log format|any log/.test(error.publicMessage)) return error;
  return new BraidError(error.code, `${error.publicMessage} "braid import --formats" lists them.`, { cause: error });
}

const some = (n: number, one: string, more = `${one}s`): string => `${n} ${n === 1 ? one : more}`;
