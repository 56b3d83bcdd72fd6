import type { Command } from 'commander';
import type { Ctx } from '@/lib/access/model';
import { list as listIdentities } from '@/lib/identities/list';
import { BraidError } from '@/lib/platform/errors';
import { bulk } from '@/lib/revocations/bulk';
import type { BulkInput } from '@/lib/revocations/bulk-model';
import { listSecrets } from '@/lib/revocations/list-secrets';
import { IDENTITY_KINDS, REASON_CODES, type ReasonCode, reasonCodeSchema } from '@/lib/revocations/model';
import { request } from '@/lib/revocations/request';
import { takeSecret } from '@/lib/revocations/take-secret';
import { identityId } from '@/lib/server/commands/identity-id';
import { onDatabase, print, table } from '@/lib/server/commands/run';
import { printRevocation, settle } from '@/lib/server/commands/settle';
import { endRun } from '@/lib/sessions/end-run';
import { list as listSessions } from '@/lib/sessions/list';

interface ReasonOptions {
  reasonCode: string;
  reason: string;
  wait: string;
  dryRun: boolean;
  json: boolean;
}

const reasonCodeOf = (text: string): ReasonCode => {
  const code = reasonCodeSchema.safeParse(text);
  if (!code.success)
    throw new BraidError(
      'input.invalid',
      `"${text}" is not a reason. Reasons: ${Object.keys(REASON_CODES).join(', ')}.`,
    );
  return code.data;
};

async function act(ctx: Ctx, input: Parameters<typeof request>[1], options: ReasonOptions): Promise<void> {
  const { revocationId } = await request(ctx, input);
  printRevocation(await settle(ctx, revocationId, Number(options.wait)), options.json);
}

/** One action over many: those left out are told with why; waits for the proof of the others. */
async function actOnMany(ctx: Ctx, input: BulkInput, options: ReasonOptions): Promise<void> {
  const result = await bulk(ctx, { ...input, dryRun: options.dryRun });
  const ends = await Promise.all(result.revocationIds.map((id) => settle(ctx, id, Number(options.wait))));
  const states = new Map(ends.map((one) => [one.id, one.state]));
  const came = (id: string | null) => (id ? (states.get(id) ?? 'requested') : null);
  if (options.json)
    print({ ...result, rows: result.rows.map((row) => ({ ...row, revocationState: came(row.revocationId) })) });
  else {
    const rows = result.rows.map((row) => ({
      name: row.name,
      identity: row.identityName,
      sessions: row.sessions,
      systems: row.systems.join(', '),
      outcome: row.eligible ? (came(row.revocationId) ?? 'would be done') : 'left out',
      why: row.why ?? row.limits,
    }));
    const { eligible, skipped, radius, second } = result;
    const said = options.dryRun ? 'Dry run, nothing was changed' : 'Done';
    print(
      `${said}: ${eligible} taken, ${skipped} left out; ${radius.sessions} live ${radius.sessions === 1 ? 'session' : 'sessions'} in ${radius.systems} connected ${radius.systems === 1 ? 'system' : 'systems'}.${second ? `\n${second}` : ''}\n${table(rows, 'nothing')}`,
    );
  }
  const bad = [...states.values()].some((state) => state === 'failed' || state === 'regrown');
  if (bad || (!options.dryRun && result.eligible === 0)) process.exitCode = 1;
}

const withReason = (command: Command, usual: ReasonCode): Command =>
  command
    .option('--reason-code <code>', Object.keys(REASON_CODES).join(', '), usual)
    .option('--reason <text>', 'why, in words; kept in the audit log', '')
    .option('--wait <seconds>', 'how long to wait for the proof', '15')
    .option('--dry-run', 'say what would be done and change nothing', false)
    .option('--json', 'print the result as JSON', false);

const VERBS = {
  revoke: 'end all access of an identity in every system, and prove that it ended',
  rotate: 'make another secret the only one that works, end what the old one opened, and prove it',
  pause: 'deny every request, block new logins and end live sessions, until it is resumed',
  resume: 'let a paused identity act again',
  restore: 'let a revoked identity act again, where its systems allow it',
} as const;

export function identityCommands(program: Command): void {
  sessionCommands(program);
  const identity = program.command('identity').description('non-human identities');
  identity
    .command('list')
    .description('identities with their live sessions, those seen last first')
    .option('--q <text>', 'part of a name, owner or external id')
    .option('--limit <n>', 'rows, at most 200', '50')
    .option('--json', 'print the result as JSON', false)
    .action((options: { q?: string; limit: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const result = await listIdentities(ctx, { q: options.q, limit: Number(options.limit) });
        const rows = result.items.map(
          ({ id, name, kind, state, liveSessions, peakSessions, sessionCount, lastSeenAt }) => ({
            id,
            name,
            kind,
            state,
            live: liveSessions,
            peak: peakSessions,
            sessions: sessionCount,
            lastSeen: lastSeenAt,
          }),
        );
        print(options.json ? result : table(rows, 'No identities yet.'));
      }),
    );
  identity
    .command('take-secret')
    .description('print the new secrets a rotation made, once: no copy is kept')
    .argument('<rotation>', 'id of the revocation that rotated it')
    .option('--json', 'print the result as JSON', false)
    .action((id: string, options: { json: boolean }) =>
      onDatabase(options.json, (ctx) => takeAll(ctx, id, options.json)),
    );
  for (const kind of IDENTITY_KINDS) {
    withReason(
      identity.command(kind).description(VERBS[kind]).argument('<identity...>', 'ids or names'),
      kind === 'resume' || kind === 'restore' ? 'wanted_again' : 'unexpected_behaviour',
    ).action((given: string[], options: ReasonOptions) =>
      onDatabase(options.json, async (ctx) => {
        const why = { reasonCode: reasonCodeOf(options.reasonCode), reason: options.reason };
        const ids = await Promise.all(given.map((one) => identityId(ctx, one)));
        if (ids.length === 1 && !options.dryRun) return act(ctx, { kind, identityId: ids[0]!, ...why }, options);
        return actOnMany(ctx, { kind, identityIds: ids, ...why }, options);
      }),
    );
  }
}

/** Prints each new secret that can be taken, once; where none can, how they stand. */
async function takeAll(ctx: Ctx, id: string, json: boolean): Promise<void> {
  const { items } = await listSecrets(ctx, { id });
  const ready = items.filter((one) => one.state === 'ready');
  const taken = [];
  for (const one of ready) taken.push(await takeSecret(ctx, { id, secretId: one.id }));
  if (json) print({ items: taken });
  else if (taken.length)
    print(
      taken
        .flatMap((one) => [
          `${one.externalId} in ${one.system}`,
          ...Object.entries(one.secret).map(([name, value]) => `  ${name}: ${value}`),
        ])
        .join('\n'),
    );
  else
    print(
      table(
        items.map(({ system, externalId, state, takenBy }) => ({ system, externalId, state, takenBy })),
        'None.',
      ),
    );
  if (!taken.length) process.exitCode = 1;
}

function sessionCommands(program: Command): void {
  const session = program.command('session').description('sessions');
  session
    .command('list')
    .description('sessions, newest first')
    .option('--identity <id or name>', 'only of this identity')
    .option('--live', 'only live ones', false)
    .option('--run <name>', 'only parts of this run')
    .option('--key <beginning>', 'whose credential, bound key or name at its source begins so')
    .option('--limit <n>', 'rows, at most 200', '50')
    .option('--json', 'print the result as JSON', false)
    .action((options: { identity?: string; live: boolean; limit: string; json: boolean; run?: string; key?: string }) =>
      onDatabase(options.json, async (ctx) => {
        const of = options.identity ? { identityId: await identityId(ctx, options.identity) } : {};
        const result = await listSessions(ctx, {
          ...of,
          ...(options.live ? { live: true } : {}),
          run: options.run,
          key: options.key,
          limit: Number(options.limit),
        });
        const rows = result.items.map(({ id, identityName, label, state, source, startedAt, endedAt }) => ({
          id,
          identity: identityName,
          session: label,
          state,
          source,
          started: startedAt,
          ended: endedAt,
        }));
        print(options.json ? result : table(rows, 'No sessions.'));
      }),
    );
  withReason(
    session
      .command('terminate')
      .description('end sessions in the system they live in, and prove that they ended')
      .argument('<id...>', 'of the sessions, as "braid session list" says'),
    'unexpected_behaviour',
  ).action((ids: string[], options: ReasonOptions) =>
    onDatabase(options.json, (ctx) => {
      const why = { reasonCode: reasonCodeOf(options.reasonCode), reason: options.reason };
      const input = { kind: 'terminate' as const, sessionIds: ids, ...why };
      return ids.length === 1 && !options.dryRun ? act(ctx, input, options) : actOnMany(ctx, input, options);
    }),
  );
  withReason(
    session
      .command('end-run')
      .description('end every live session of a run, of whichever identity and system, in one act')
      .argument('<run>', 'the conversation, trace or pipeline run, as its sources call it'),
    'unexpected_behaviour',
  ).action((run: string, options: ReasonOptions) =>
    onDatabase(options.json, async (ctx) => {
      const { reason, dryRun } = options;
      const result = await endRun(ctx, { run, reason, dryRun, reasonCode: reasonCodeOf(options.reasonCode) });
      const ends = await Promise.all(result.revocationIds.map((id) => settle(ctx, id, Number(options.wait))));
      if (options.json) return print({ ...result, states: ends.map(({ id, state }) => ({ id, state })) });
      print(
        `${dryRun ? 'Dry run, nothing was changed' : 'Done'}: ${result.eligible} taken, ${result.skipped} left out, ${result.left} more live.\n${table(
          ends.map(({ identityName, state }) => ({ identity: identityName, state })),
          '',
        )}`,
      );
    }),
  );
}
