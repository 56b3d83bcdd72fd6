import fs from 'node:fs';
import path from 'node:path';
import cliProgress from 'cli-progress';
import type { Command } from 'commander';
import type { Ctx } from '@/lib/access/model';
import { checkpoint } from '@/lib/decisions/checkpoint';
import { evidenceName, exportEvidence } from '@/lib/decisions/export-evidence';
import { recordVerification } from '@/lib/decisions/record-verification';
import { retain } from '@/lib/decisions/retain';
import { retention } from '@/lib/decisions/retention';
import { setRetention } from '@/lib/decisions/set-retention';
import { show as showDecision } from '@/lib/decisions/show';
import { verify } from '@/lib/decisions/verify';
import type { Progress, Verification } from '@/lib/decisions/verify/model';
import { show as showExposures } from '@/lib/exposures/show';
import { show as showIdentity } from '@/lib/identities/show';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { sha256Hex } from '@/lib/platform/ids';
import { publicKey, spkiOf } from '@/lib/platform/signing';
import { doctorCommand } from '@/lib/server/commands/doctor';
import { identityId } from '@/lib/server/commands/identity-id';
import { complain, onDatabase, print, table } from '@/lib/server/commands/run';

const several = (value: string, all: string[]): string[] => [...all, value];

export function auditCommands(program: Command): void {
  const audit = program.command('audit').description('the log: prove it, sign it, export evidence from it');
  verifyCommand(audit);
  exportCommand(audit);
  checkpointCommand(audit);
  keyCommand(audit);
  retentionCommand(audit);
  doctorCommand(program);
}

interface VerifyFlags {
  checkpoint: string[];
  publicKey: string[];
  json: boolean;
}

function verifyCommand(audit: Command): void {
  audit
    .command('verify')
    .description(
      'prove that nothing in the log was changed or cut away and that the ledger adds up; exit code 1 if not',
    )
    .option('--checkpoint <file>', 'compare with a checkpoint that was kept elsewhere (repeatable)', several, [])
    .option('--public-key <pem>', 'also believe checkpoints signed with this key (repeatable)', several, [])
    .option('--json', 'print the result as JSON', false)
    .action((options: VerifyFlags) =>
      onDatabase(options.json, async (ctx) => {
        const result = await withProgress(options.json, (onProgress) =>
          verify(ctx, { checkpoints: options.checkpoint, publicKeys: options.publicKey.map(readKey), onProgress }),
        );
        await recordVerification(ctx, result);
        print(options.json ? result : told(result));
        if (!result.ok) process.exitCode = 1;
      }),
    );
}

function readKey(file: string): Buffer {
  try {
    return spkiOf(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new BraidError('input.invalid', `${file} is no Ed25519 public key: ${(error as Error).message}`);
  }
}

async function withProgress<T>(
  json: boolean,
  work: (onProgress?: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  if (json || !process.stderr.isTTY) return work();
  const bar = new cliProgress.SingleBar(
    { format: '{bar} {percentage}% | {stage} {value} of {total}', hideCursor: true, stream: process.stderr },
    cliProgress.Presets.shades_classic,
  );
  bar.start(1, 0, { stage: 'chains' });
  return work(({ stage, done, total }) => {
    bar.setTotal(Math.max(total, done, 1));
    bar.update(done, { stage });
  }).finally(() => bar.stop());
}

function told(result: Verification): string {
  const { lastCheckpoint } = result;
  const counted = [
    `${result.decisions} decisions, ${result.ledgerEntries} ledger entries and ${result.auditEntries} audit rows in ${result.writers} chains`,
    `${result.exposures} exposures are the sum of their ledger`,
    lastCheckpoint
      ? `${result.checkpoints} signed checkpoints, the last (${lastCheckpoint.seq}) of ${lastCheckpoint.at}; ${result.keptCheckpoints} compared with copies kept elsewhere`
      : 'no checkpoint has been signed yet',
    ...(result.droppedDays
      ? [`${result.droppedDays} days were dropped by retention, each accounted for by a checkpoint`]
      : []),
    ...(result.auditWaiting ? [`${result.auditWaiting} audit rows wait for their seal`] : []),
  ];
  if (result.ok)
    return [`Verified in ${result.seconds.toFixed(1)} s:`, ...counted.map((line) => `  ${line}`)].join('\n');
  const found = table(
    result.problems.map((problem) => ({ problem: problem.code, what: problem.message })),
    '',
  );
  const more = result.problemsTotal - result.problems.length;
  return `NOT verified: ${result.problemsTotal} problem${result.problemsTotal === 1 ? '' : 's'}.\n${found}${more > 0 ? `\n… and ${more} more` : ''}`;
}

interface ExportFlags {
  identity?: string;
  decision?: string;
  exposure?: string;
  from?: string;
  to?: string;
  out?: string;
  json: boolean;
}

function exportCommand(audit: Command): void {
  audit
    .command('export')
    .description('write an evidence bundle that verifies without Braid: node verify.mjs')
    .option('--decision <id>', 'one decision')
    .option('--identity <id or name>', 'everything of one identity')
    .option('--exposure <id>', 'everything that moved one exposure')
    .option('--from <time>', 'from this time on (ISO 8601)')
    .option('--to <time>', 'until this time')
    .option('--out <path>', 'a .zip, a .tar.gz, or a new folder')
    .option('--json', 'print the result as JSON', false)
    .action(({ out, json, ...question }: ExportFlags) =>
      onDatabase(json, async (ctx) => {
        const target = path.resolve(out ?? `${evidenceName(clock.now())}.zip`);
        const format = target.endsWith('.zip') ? 'zip' : /\.(tar\.gz|tgz)$/.test(target) ? 'tar.gz' : 'folder';
        const about = asked({ ...question, ...(await present(ctx, question)) });
        const summary = await exportEvidence(ctx, about, { format, out: target });
        const { decisions, ledgerEntries, auditEntries, checkpoints } = summary;
        print(
          json
            ? { ...summary, out: target }
            : `${target}: decisions ${decisions}, ledger entries ${ledgerEntries}, audit rows ${auditEntries}, signed checkpoints that prove them ${checkpoints}.\nVerify it anywhere: node verify.mjs --key <public key from "braid audit key">`,
        );
      }),
    );
}

/** What evidence is asked of is there: an empty bundle proves nothing. Throws `not_found`, `input.invalid`. */
async function present(ctx: Ctx, { identity, decision, exposure }: Partial<ExportFlags>) {
  if (decision) await showDecision(ctx, { id: decision });
  if (exposure && !(await showExposures(ctx, { exposureId: exposure })).items.length)
    throw new BraidError('not_found', 'There is no such exposure.');
  if (!identity) return {};
  const id = await identityId(ctx, identity);
  await showIdentity(ctx, { id });
  return { identity: id };
}

/** Times as typed: anything that names a time zone or a day. */
function asked(question: Omit<ExportFlags, 'out' | 'json'>) {
  const time = (text: string | undefined) => {
    if (text === undefined) return undefined;
    const at = new Date(text);
    if (Number.isNaN(at.getTime()))
      throw new BraidError('input.invalid', `"${text}" is not a time: write 2026-11-22T10:00:00Z.`);
    return at.toISOString();
  };
  return { ...question, from: time(question.from), to: time(question.to) };
}

function checkpointCommand(audit: Command): void {
  audit
    .command('checkpoint')
    .description('sign where every chain stands now; keep the file elsewhere and verify against it later')
    .option('--out <file>', 'write the signed checkpoint to a file')
    .option('--json', 'print it as JSON', false)
    .action((options: { out?: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const { seq, signed } = await checkpoint(ctx, 'request');
        if (options.out) fs.writeFileSync(options.out, `${JSON.stringify(signed)}\n`);
        if (options.json) print({ seq, ...signed });
        else print(options.out ? `Checkpoint ${seq} written to ${options.out}.` : JSON.stringify(signed));
      }),
    );
}

function keyCommand(audit: Command): void {
  audit
    .command('key')
    .description('the public key that checkpoints and evidence are signed with')
    .option('--out <file>', 'write it to a file (PEM)')
    .option('--json', 'print it as JSON', false)
    .action((options: { out?: string; json: boolean }) =>
      onDatabase(options.json, async () => {
        const { pem, spki } = publicKey();
        if (options.out) fs.writeFileSync(options.out, pem);
        if (options.json) print({ fingerprint: sha256Hex(spki), pem });
        else print(`${pem}SHA-256 ${sha256Hex(spki)}`);
      }).catch((error: unknown) => complain(error, options.json)),
    );
}

interface RetentionFlags {
  decisions?: string;
  audit?: string;
  sessionEvents?: string;
  apply: boolean;
  json: boolean;
}

function retentionCommand(audit: Command): void {
  audit
    .command('retention')
    .description('how many days are kept; with options, change it')
    .option('--decisions <days>', 'decisions and their ledger')
    .option('--audit <days>', 'audit rows')
    .option('--session-events <days>', 'session events')
    .option('--apply', 'drop what is older now instead of within the hour', false)
    .option('--json', 'print the result as JSON', false)
    .action((options: RetentionFlags) =>
      onDatabase(options.json, async (ctx) => {
        const kept = await changed(ctx, options);
        const dropped = options.apply ? await retain(ctx) : [];
        if (options.json) return print({ ...kept, dropped });
        print(
          `Kept: decisions ${kept.decisions} days, audit ${kept.audit} days, session events ${kept.sessionEvents} days.`,
        );
        for (const one of dropped) print(`Dropped ${one.table} of ${one.day}.`);
      }),
    );
}

function changed(ctx: Ctx, { decisions, audit, sessionEvents }: RetentionFlags) {
  if (!decisions && !audit && !sessionEvents) return retention(ctx);
  const days = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  return setRetention(ctx, { decisions: days(decisions), audit: days(audit), sessionEvents: days(sessionEvents) });
}
