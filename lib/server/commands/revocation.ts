import fs from 'node:fs';
import type { Command } from 'commander';
import { BraidError } from '@/lib/platform/errors';
import { certificate } from '@/lib/revocations/certificate';
import { verifyCertificate } from '@/lib/revocations/certificate/verify.mjs';
import { list } from '@/lib/revocations/list';
import { type ListInput, REVOCATION_STATES } from '@/lib/revocations/model';
import { retry } from '@/lib/revocations/retry';
import { show } from '@/lib/revocations/show';
import { identityId } from '@/lib/server/commands/identity-id';
import { complain, onDatabase, print, table } from '@/lib/server/commands/run';
import { printRevocation, settle } from '@/lib/server/commands/settle';

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new BraidError('input.invalid', `${file} can't be read: ${(error as Error).message}`);
  }
}

interface ListOptions {
  identity?: string;
  state?: string;
  missed: boolean;
  drills: boolean;
  limit: string;
  json: boolean;
}

function readingCommands(revocation: Command): void {
  revocation
    .command('list')
    .description('revocations, newest first')
    .option('--identity <id or name>', 'only of this identity')
    .option('--state <state>', `only those in this state: ${[...REVOCATION_STATES, 'regrown'].join(', ')}`)
    .option('--missed', 'only those that missed the time to revoke aimed at, of the last 90 days', false)
    .option('--drills', 'drills as well', false)
    .option('--limit <n>', 'rows, at most 200', '50')
    .option('--json', 'print the result as JSON', false)
    .action((options: ListOptions) =>
      onDatabase(options.json, async (ctx) => {
        const result = await list(ctx, {
          ...(options.identity ? { identityId: await identityId(ctx, options.identity) } : {}),
          ...(options.state ? { state: options.state as ListInput['state'] } : {}),
          ...(options.missed ? { missed: 'true' } : {}),
          ...(options.drills ? { drills: 'too' } : {}),
          limit: Number(options.limit),
        });
        const rows = result.items.map((row) => ({
          id: row.id,
          what: row.kind,
          identity: row.identityName,
          state: row.state,
          'still lives': row.steps.reduce((sum, step) => sum + step.residuals.length, 0),
          asked: row.requestedAt,
          by: row.actorName,
          why: row.reason || row.reasonCode,
        }));
        print(options.json ? result : table(rows, 'No revocations.'));
      }),
    );
  revocation
    .command('show')
    .description('how one stands: its steps, and what still lives. Exit code 1 where it failed or access came back')
    .argument('<id>', 'as "braid revocation list" says')
    .option('--json', 'print the result as JSON', false)
    .action((id: string, options: { json: boolean }) =>
      onDatabase(options.json, async (ctx) => printRevocation(await show(ctx, { id }), options.json)),
    );
  revocation
    .command('retry')
    .description('ask the systems again for what is not proven: after a failure, a residual, or access that came back')
    .argument('<id>', 'as "braid revocation list" says')
    .option('--wait <seconds>', 'how long to wait for the proof', '15')
    .option('--json', 'print the result as JSON', false)
    .action((id: string, options: { wait: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        await retry(ctx, { id });
        printRevocation(await settle(ctx, id, Number(options.wait)), options.json);
      }),
    );
}

export function revocationCommands(program: Command): void {
  const revocation = program.command('revocation').description('what was ended, and the proof of it');
  readingCommands(revocation);
  revocation
    .command('certificate')
    .description('write the signed certificate of a revocation as it stands now')
    .argument('<id>', 'of the revocation')
    .option('--out <file>', 'write it to a file instead of printing it')
    .option('--json', 'print errors as JSON', false)
    .action((id: string, options: { out?: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const { text } = await certificate(ctx, { id });
        if (!options.out) return void process.stdout.write(text);
        fs.writeFileSync(options.out, text, { mode: 0o600 });
        print(options.json ? { out: options.out } : `Written to ${options.out}.`);
      }),
    );
  revocation
    .command('verify')
    .description('check a certificate; needs no database. Exit code 1 if one byte of it was changed')
    .argument('<file>', 'a certificate')
    .option('--key <pem>', 'the public key it should be signed with, as "braid audit key" prints it')
    .option('--json', 'print the result as JSON', false)
    .action((file: string, options: { key?: string; json: boolean }) => {
      try {
        const result = verifyCertificate(read(file), options.key === undefined ? undefined : read(options.key));
        const key = result.keyCompared ? 'by the key you gave' : 'by the key that lies in it; compare it with --key';
        const told = result.ok
          ? `Authentic: signed ${key}, and not a byte changed.\nIt says: ${result.certificate!.says}`
          : `NOT authentic:\n${result.problems.map((problem) => `  ${problem}`).join('\n')}`;
        print(options.json ? result : told);
        process.exitCode = result.ok ? 0 : 1;
      } catch (error) {
        complain(error, options.json);
      }
    });
}
