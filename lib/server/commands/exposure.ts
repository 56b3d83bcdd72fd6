import type { Command } from 'commander';
import type { Ctx } from '@/lib/access/model';
import { amountText, meterText, percentOf, scopeWord, severalSets } from '@/lib/exposures/format';
import { listNear } from '@/lib/exposures/list-near';
import { BraidError } from '@/lib/platform/errors';
import { endMinimumSet } from '@/lib/replay/end-minimum-set';
import { minimumSet } from '@/lib/replay/minimum-set';
import type { EndedMinimum, MinimumSet } from '@/lib/replay/minimum-set-model';
import { REASON_CODES, type ReasonCode } from '@/lib/revocations/model';
import { onDatabase, print, table } from '@/lib/server/commands/run';

interface SetOptions {
  need?: string;
  below?: string;
  end: boolean;
  all: boolean;
  dryRun: boolean;
  reasonCode: string;
  reason: string;
  json: boolean;
}

async function near(ctx: Ctx, { level, limit, json }: { level?: string; limit: string; json: boolean }) {
  const page = await listNear(ctx, { ...(level ? { level: Number(level) } : {}), limit: Number(limit) });
  const several = severalSets(page.items);
  const rows = page.items.map((row) => ({
    id: row.id,
    exposure: `${meterText(row, several)} ${scopeWord(row.scope)} ${row.keyName ?? row.key}`,
    stands: `${percentOf(BigInt(row.settled) + BigInt(row.held), row.limit)} %`,
    left: amountText(row.available, row.scale, row.unit),
    'moved by': row.identities.map((one) => one.name).join(', '),
  }));
  print(json ? page : table(rows, 'Nothing stands near its limit.'));
}

function told(found: MinimumSet): string {
  const say = (minor: string) => amountText(minor, found.scale, found.unit);
  if (found.missing === '0') return 'There is room: nobody has to be ended.';
  if (!found.minimum)
    return `Ending sessions brings back ${say(found.back)} of the ${say(found.missing)} missing: the rest was settled and stays.${found.freeAt ? ` Room returns by itself at ${found.freeAt}.` : ''}`;
  const rows = found.sessions
    .filter((one) => found.minimum!.includes(one.sessionId))
    .map((one) => ({
      id: one.sessionId,
      identity: one.identityName,
      session: one.label,
      'gives back': say(one.back),
      'ends in': one.canEnd ? `${one.measured ? '' : '≈ '}${(one.endsInMs! / 1000).toFixed(2)} s` : 'not by itself',
      'takes with it': one.reach === 'session' ? 'nothing else' : `all of its ${one.reach}`,
    }));
  return `Ending ${rows.length === 1 ? 'one session' : `${rows.length} sessions`} gives back ${say(found.back)}; ${say(found.missing)} missing.\n${table(rows, '')}`;
}

function ended(done: EndedMinimum): string {
  const rows = done.rows.map((row) => ({
    id: row.id,
    identity: row.identityName,
    session: row.name,
    outcome: row.eligible ? (row.revocationId ?? 'would be ended') : 'left out',
    why: row.why ?? row.limits,
  }));
  const { eligible, skipped, left, second } = done;
  return `${done.dryRun ? 'Dry run, nothing was changed' : 'Done'}: ${eligible} taken, ${skipped} left out${left ? `, ${left} more to end` : ''}.${second ? `\n${second}` : ''}\n${table(rows, 'nothing')}`;
}

async function set(ctx: Ctx, exposureId: string, options: SetOptions): Promise<void> {
  const { need, below, end, all, dryRun, reasonCode, reason, json } = options;
  if (need !== undefined && below !== undefined) throw new BraidError('input.invalid', 'Say either --need or --below.');
  const room = { ...(need === undefined ? {} : { need }), ...(below === undefined ? {} : { below: Number(below) }) };
  if (!end && !dryRun) {
    const found = await minimumSet(ctx, { exposureId, ...room });
    return print(json ? found : told(found));
  }
  const done = await endMinimumSet(ctx, {
    exposureId,
    ...room,
    all,
    reasonCode: reasonCode as ReasonCode,
    reason,
    dryRun,
  });
  print(json ? done : ended(done));
  if (!dryRun && done.eligible === 0) process.exitCode = 1;
}

export function exposureCommands(program: Command): void {
  const exposure = program.command('exposure').description('what stands against limits');
  exposure
    .command('near')
    .description('exposures that stand at a warning level of their limit, the highest level first')
    .option('--level <percent>', 'only those at this level or above')
    .option('--limit <n>', 'rows, at most 200', '50')
    .option('--json', 'print the result as JSON', false)
    .action((options: { level?: string; limit: string; json: boolean }) =>
      onDatabase(options.json, (ctx) => near(ctx, options)),
    );
  exposure
    .command('minimum-set')
    .description('the fewest sessions whose end makes room in an exposure; with --end, ends them in one act')
    .argument('<id>', 'of the exposure, as "braid exposure near" says')
    .option('--need <minor units>', 'room wanted on top of what stands')
    .option('--below <percent>', 'percent of the limit it shall stand below afterwards, instead of --need')
    .option('--end', 'end them, and give back what they hold', false)
    .option('--all', 'with --end or --dry-run: every live session that has a part in it, not the fewest', false)
    .option('--dry-run', 'say what would be ended and change nothing', false)
    .option('--reason-code <code>', Object.keys(REASON_CODES).join(', '), 'limit_abuse')
    .option('--reason <text>', 'why, in words; kept in the audit log', '')
    .option('--json', 'print the result as JSON', false)
    .action((id: string, options: SetOptions) => onDatabase(options.json, (ctx) => set(ctx, id, options)));
}
