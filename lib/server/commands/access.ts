import type { Command } from 'commander';
import { createOperator } from '@/lib/access/create-operator';
import { createToken } from '@/lib/access/create-token';
import { listTokens } from '@/lib/access/list-tokens';
import { POINT_MODES, roleSchema, SCOPES, scopeSchema } from '@/lib/access/model';
import { setPoint } from '@/lib/access/set-point';
import { pointText } from '@/lib/allotments/format';
import { BraidError } from '@/lib/platform/errors';
import { newSecret } from '@/lib/platform/ids';
import { onDatabase, print, table } from '@/lib/server/commands/run';

const scopesOf = (text: string) =>
  text.split(',').map((word) => {
    const scope = scopeSchema.safeParse(word.trim());
    if (!scope.success)
      throw new BraidError('input.invalid', `"${word.trim()}" is not a scope. Scopes: ${SCOPES.join(', ')}.`);
    return scope.data;
  });

export function accessCommands(program: Command): void {
  const token = program.command('token').description('API tokens');
  token
    .command('create')
    .description('create a token; it is shown once')
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption('--scope <scopes>', `comma-separated: ${SCOPES.join(', ')}`)
    .option('--issuer <issuer>', "namespace in which this caller's subject ids are read", 'default')
    .option('--expires-days <days>', 'days until it stops working', Number)
    .option('--json', 'print {id, name, token}', false)
    .action((options: { name: string; scope: string; issuer: string; expiresDays?: number; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const { name, issuer, expiresDays } = options;
        const made = await createToken(ctx, {
          name,
          issuer,
          scopes: scopesOf(options.scope),
          ...(expiresDays ? { expiresInDays: expiresDays } : {}),
        });
        print(
          options.json
            ? { id: made.id, name, token: made.token }
            : `${made.token}\nShown once. Keep it where secrets are kept.`,
        );
      }),
    );
  token
    .command('list')
    .description('tokens with what they may do, newest first; secrets are never shown again')
    .option('--json', 'print the result as JSON', false)
    .action((options: { json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const found = await listTokens(ctx, { limit: 200 });
        const rows = found.items.map((row) => ({
          id: row.id,
          name: row.name,
          may: row.scopes.join(','),
          state: row.state,
          enforces: pointText(row),
        }));
        print(options.json ? found : table(rows, 'no tokens'));
      }),
    );
  token
    .command('point')
    .description('how the enforcement point behind a token knows shared state')
    .argument('<id>', 'of the token, as "braid token list" says')
    .requiredOption('--mode <mode>', `one of ${POINT_MODES.join(', ')}`)
    .option('--stale-secs <n>', 'bounded: seconds for which it may act on an answer', Number)
    .option('--settle-after-secs <n>', 'seconds after which what it was allowed is final', Number)
    .option('--json', 'print the result as JSON', false)
    .action((id: string, options: { mode: string; staleSecs?: number; settleAfterSecs?: number; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const mode = POINT_MODES.find((one) => one === options.mode);
        if (!mode) throw new BraidError('input.invalid', `A mode is one of ${POINT_MODES.join(', ')}.`);
        const { staleSecs = null, settleAfterSecs = null } = options;
        const row = await setPoint(ctx, { id, mode, staleSecs, settleAfterSecs });
        print(options.json ? row : `${row.name}: ${pointText(row)}`);
      }),
    );
  operatorCommands(program);
}

function operatorCommands(program: Command): void {
  const operator = program.command('operator').description('people who may sign in');
  operator
    .command('create')
    .description('create an operator; without --password one is made and shown once')
    .requiredOption('--email <email>', 'what they sign in with')
    .requiredOption('--role <role>', 'viewer, analyst, responder or admin')
    .option('--name <name>', 'shown in the console; without: the email up to its @')
    .option('--password <password>', 'at least 10 characters; without: one is made')
    .option('--json', 'print the result as JSON', false)
    .action((options: { email: string; role: string; name?: string; password?: string; json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const role = roleSchema.safeParse(options.role);
        if (!role.success)
          throw new BraidError(
            'input.invalid',
            `"${options.role}" is not a role: viewer, analyst, responder or admin.`,
          );
        const password = options.password ?? newSecret(12);
        const name = options.name ?? options.email.split('@')[0]!;
        const { id } = await createOperator(ctx, { email: options.email, name, role: role.data, password });
        const shown = options.password ? {} : { password };
        print(
          options.json
            ? { id, email: options.email, role: role.data, ...shown }
            : `${options.email} (${role.data})${options.password ? '' : `\nPassword: ${password}`}`,
        );
      }),
    );
}
