import type { Command } from 'commander';
import { approve } from '@/lib/approvals/approve';
import { deny } from '@/lib/approvals/deny';
import { askedText, standingOf } from '@/lib/approvals/format';
import { list } from '@/lib/approvals/list';
import { REQUEST_STATES, type RequestRow, type RequestState } from '@/lib/approvals/model';
import { show } from '@/lib/approvals/show';
import { withdraw } from '@/lib/approvals/withdraw';
import { BraidError } from '@/lib/platform/errors';
import { onDatabase, print, table } from '@/lib/server/commands/run';

const short = (row: RequestRow) => ({
  id: row.id,
  state: standingOf(row),
  identity: row.identityName,
  asked: askedText(row),
  rule: row.rules.map((rule) => rule.id).join(', '),
  answered: row.answered?.name ?? null,
  ends: row.approvedUntil ?? row.expiresAt,
});

interface Options {
  reason: string;
  json: boolean;
}

export function approvalCommands(program: Command): void {
  const approval = program.command('approval').description('requests for approval');
  approval
    .command('list')
    .description('who asked for an approval and how it stands, newest first')
    .option('--state <state>', `only these: ${REQUEST_STATES.join(', ')}`)
    .option('--q <text>', 'part of an identity, action or resource')
    .option('--json', 'print the result as JSON', false)
    .action((options: { state?: string; q?: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        if (options.state && !REQUEST_STATES.includes(options.state as RequestState))
          throw new BraidError('input.invalid', `A state is one of ${REQUEST_STATES.join(', ')}.`);
        const found = await list(ctx, { state: options.state as RequestState | undefined, q: options.q, limit: 200 });
        print(options.json ? found : table(found.items.map(short), 'nobody has asked for an approval'));
      }),
    );
  approval
    .command('show')
    .description('one request: what was asked, which rules stopped it, and what approving it would move')
    .argument('<id>', 'of the request, as "braid approval list" says')
    .option('--json', 'print the result as JSON', false)
    .action((id: string, options: { json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const detail = await show(ctx, { id });
        const effects = detail.effects.map(({ meter, key, keyName, settled, held, after, limit }) => ({
          meter,
          key: keyName ?? key,
          now: (BigInt(settled) + BigInt(held)).toString(),
          after,
          limit,
        }));
        const told = `${table([short(detail.request)], '')}\n\n${table(effects, 'moves no exposure')}\n\n${detail.sessions.length} live sessions`;
        print(options.json ? detail : told);
      }),
    );
  const answer = (name: string, what: string, verb: typeof deny) =>
    approval
      .command(name)
      .description(what)
      .argument('<id>', 'of the request, as "braid approval list" says')
      .option('--reason <text>', 'why; kept with the answer and in the audit log', '')
      .option('--json', 'print the result as JSON', false)
      .action((id: string, options: Options) =>
        onDatabase(options.json, async (ctx) => {
          const row = await verb(ctx, { id, reason: options.reason });
          print(options.json ? row : table([short(row)], ''));
        }),
      );
  answer('approve', 'let exactly what was asked pass, as the policy grants', approve);
  answer('deny', 'what was stopped stays stopped', deny);
  answer('withdraw', 'take an approval back before its time', withdraw);
}
