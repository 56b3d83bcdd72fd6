import type { Command } from 'commander';
import type { Ctx } from '@/lib/access/model';
import { identityId } from '@/lib/server/commands/identity-id';
import { onDatabase, print, table } from '@/lib/server/commands/run';
import { workflowId } from '@/lib/server/commands/workflow-id';
import { addIdentities } from '@/lib/workflows/add-identities';
import { create } from '@/lib/workflows/create';
import { list as listWorkflows } from '@/lib/workflows/list';
import { remove } from '@/lib/workflows/remove';
import { rename } from '@/lib/workflows/rename';
import { show } from '@/lib/workflows/show';
import { takeIdentities } from '@/lib/workflows/take-identities';

interface Options {
  reason: string;
  identity: string[];
  q?: string;
  limit: string;
  json: boolean;
}

const idsOf = (ctx: Ctx, given: string[]) => Promise.all(given.map((one) => identityId(ctx, one)));
const identities = (n: number): string => `${n} ${n === 1 ? 'identity' : 'identities'}`;
const NAMED = ['<workflow>', 'id or name'] as const;

const asJson = (command: Command): Command => command.option('--json', 'print the result as JSON', false);
const withReason = (command: Command): Command =>
  asJson(command).requiredOption('--reason <reason>', 'why; kept in the audit log');

export function workflowCommands(program: Command): void {
  const workflow = program
    .command('workflow')
    .description('identities that act for one purpose: what policies count "per: workflow" counts over all of them');
  readCommands(workflow);
  asJson(
    workflow
      .command('create')
      .description('make a workflow')
      .argument('<name>', 'what it is for')
      .option('--identity <id or name...>', 'identities that work for it', []),
  ).action((name: string, options: Options) =>
    onDatabase(options.json, async (ctx) => {
      const identityIds = await idsOf(ctx, options.identity);
      const made = await create(ctx, { name, ...(identityIds.length ? { identityIds } : {}) });
      print(options.json ? made : `Workflow ${made.name} with ${identities(identityIds.length)} (${made.id}).`);
    }),
  );
  asJson(
    workflow
      .command('rename')
      .description('give it another name; what was counted over it stays counted')
      .argument(...NAMED)
      .argument('<name>', 'the new name'),
  ).action((given: string, name: string, options: Options) =>
    onDatabase(options.json, async (ctx) => {
      const renamed = await rename(ctx, { id: await workflowId(ctx, given), name });
      print(options.json ? renamed : `It is called ${renamed.name} now.`);
    }),
  );
  asJson(
    workflow
      .command('add')
      .description('identities work for it from the next request on')
      .argument(...NAMED)
      .argument('<identity...>', 'ids or names'),
  ).action((given: string, who: string[], options: Options) =>
    onDatabase(options.json, async (ctx) => {
      const id = await workflowId(ctx, given);
      const result = await addIdentities(ctx, { id, identityIds: await idsOf(ctx, who) });
      print(options.json ? result : `${identities(result.changed)} added.`);
    }),
  );
  withReason(
    workflow
      .command('remove')
      .description('identities work for it no more; without any, the workflow itself is removed')
      .argument(...NAMED)
      .argument('[identity...]', 'ids or names'),
  ).action((given: string, who: string[], options: Options) =>
    onDatabase(options.json, async (ctx) => {
      const [id, reason] = [await workflowId(ctx, given), options.reason];
      if (who.length === 0) {
        const removed = await remove(ctx, { id, reason });
        return print(options.json ? removed : `Workflow ${given} is removed.`);
      }
      const result = await takeIdentities(ctx, { id, identityIds: await idsOf(ctx, who), reason });
      print(options.json ? result : `${identities(result.changed)} removed from ${given}.`);
    }),
  );
}

function readCommands(workflow: Command): void {
  asJson(
    workflow
      .command('list')
      .description('workflows with their identities and live sessions, by name')
      .option('--q <text>', 'part of a name')
      .option('--limit <n>', 'rows, at most 200', '50'),
  ).action((options: Options) =>
    onDatabase(options.json, async (ctx) => {
      const result = await listWorkflows(ctx, { q: options.q, limit: Number(options.limit) });
      const rows = result.items.map(({ id, name, identities: n, liveSessions }) => ({
        id,
        name,
        identities: n,
        live: liveSessions,
      }));
      print(options.json ? result : table(rows, 'No workflows yet: "braid workflow create" makes one.'));
    }),
  );
  asJson(
    workflow
      .command('show')
      .description('who works for it')
      .argument(...NAMED),
  ).action((given: string, options: Options) =>
    onDatabase(options.json, async (ctx) => {
      const shown = await show(ctx, { id: await workflowId(ctx, given) });
      const rows = shown.members.map(({ id, name, kind, state, liveSessions }) => ({
        id,
        name,
        kind,
        state,
        live: liveSessions,
      }));
      print(options.json ? shown : table(rows, `No identity works for ${shown.name}.`));
    }),
  );
}
