import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { exportFile } from '@/lib/exports/export-file';
import { EXPORTED, type Exported, type FileFormat } from '@/lib/exports/model';
import { BraidError } from '@/lib/platform/errors';
import { identityId } from '@/lib/server/commands/identity-id';
import { onDatabase, print } from '@/lib/server/commands/run';

interface ExportFlags {
  format: FileFormat;
  out?: string;
  identity?: string;
  session?: string;
  lane?: string;
  run?: string;
  from?: string;
  to?: string;
}

export function exportCommand(program: Command): void {
  program
    .command('export')
    .description(
      'session events, decisions or the audit log as a file: braid export events --format ocsf --out day.ndjson',
    )
    .argument('<what>', EXPORTED.join(', '))
    .addOption(new Option('--format <format>', 'a line each').choices(['ndjson', 'csv', 'ocsf']).default('ndjson'))
    .option('--out <file>', 'where to, a file that is not there yet; without it standard output')
    .option('--identity <id or name>', 'only of this identity')
    .option('--session <id>', 'only of this session')
    .option('--lane <fingerprint>', 'only of this lane of the identity')
    .option('--run <name>', 'events: only of this run')
    .option('--from <time>', 'ISO 8601')
    .option('--to <time>', 'ISO 8601')
    .action((what: string, flags: ExportFlags) =>
      onDatabase(false, async (ctx) => {
        const known = EXPORTED.find((one) => one === what);
        if (!known) throw new BraidError('input.invalid', `"${what}" is none of ${EXPORTED.join(', ')}.`);
        const identity = flags.identity ? await identityId(ctx, flags.identity) : undefined;
        const { lines } = await exportFile(ctx, {
          what: known,
          format: flags.format,
          query: queryOf(known, flags, identity),
        });
        const { out } = flags;
        if (!out) return pipeline(Readable.from(lines), process.stdout, { end: false });
        await pipeline(Readable.from(lines), createWriteStream(out, { flags: 'wx', mode: 0o600 }));
        print(`Written to ${out}.`);
      }),
    );
}

/** Of the audit log an identity is what an act was about. What does not go with a kind of record is refused by its list. */
function queryOf(what: Exported, { session, lane, run, from, to }: ExportFlags, identity: string | undefined) {
  const all = {
    ...(what === 'audit' ? { target: identity } : { identityId: identity }),
    sessionId: session,
    lane,
    run,
    from,
    to,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
