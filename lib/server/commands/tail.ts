import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { toBraidError } from '@/lib/platform/errors';
import { givenMapping } from '@/lib/server/commands/given-mapping';
import { onDatabase, print } from '@/lib/server/commands/run';
import { tail } from '@/lib/sessions/tail';

const LONGEST_MS = 30_000;

export function tailCommand(program: Command): void {
  program
    .command('tail')
    .description('follow a log file or folder as it grows: braid tail pgbouncer /var/log/pgbouncer')
    .argument('<format>', 'as of braid import, auto, or generic, with --mapping')
    .argument('<path>', 'a file or folder; rotation and truncation are noticed')
    .option(
      '--mapping <name or file>',
      'of a source of your own: what its records mean, kept under this name or in a file',
    )
    .option('--every <ms>', 'how often it is looked at', (text) => Math.max(100, Number(text) || 500), 500)
    .option('--once', 'look once and end', false)
    .option('--json', 'print each look that brought something as JSON', false)
    .action(
      (format: string, path: string, options: { every: number; once: boolean; json: boolean; mapping?: string }) =>
        onDatabase(options.json, async (ctx) => {
          const stopping = new AbortController();
          for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
          const own = givenMapping(format, options.mapping);
          let failures = 0;
          while (!stopping.signal.aborted) {
            let wait = options.every;
            try {
              const pass = await tail(ctx, { format, path, ...own });
              failures = 0;
              if (pass.events + pass.duplicates + pass.rejectedTotal > 0 || options.once)
                print(
                  options.json
                    ? pass
                    : `${pass.events} events, ${pass.duplicates} known already, ${pass.rejectedTotal} refused`,
                );
              if (!options.json)
                for (const { file, line, reason } of pass.rejected) print(`  ${file}:${line} ${reason}`);
              if (pass.more) continue;
            } catch (error) {
              if (options.once || toBraidError(error).code === 'input.invalid') throw error;
              failures += 1;
              wait = Math.min(options.every * 2 ** Math.min(failures, 6), LONGEST_MS);
              process.stderr.write(`braid: ${toBraidError(error).publicMessage}\n`);
            }
            if (options.once) break;
            await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
          }
        }),
    );
}
