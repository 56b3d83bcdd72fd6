import fs from 'node:fs';
import type { Command } from 'commander';
import { BraidError } from '@/lib/platform/errors';
import { certificate } from '@/lib/revocations/certificate';
import { verifyCertificate } from '@/lib/revocations/certificate/verify.mjs';
import { complain, onDatabase, print } from '@/lib/server/commands/run';

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new BraidError('input.invalid', `${file} can't be read: ${(error as Error).message}`);
  }
}

export function revocationCommands(program: Command): void {
  const revocation = program.command('revocation').description('what was ended, and the proof of it');
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
