import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { formatOf } from '@/lib/connectors/formats';
import { list } from '@/lib/connectors/list';
import { linkedIn, scaffoldFiles } from '@/lib/connectors/scaffold-format';
import { sync } from '@/lib/connectors/sync';
import { test } from '@/lib/connectors/test';
import { projectRoot } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';
import { connectorId } from '@/lib/server/commands/connector-id';
import { complain, onDatabase, print, table } from '@/lib/server/commands/run';

const VENDOR = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Words of the language, and those by which Braid says who told it of a session or a name. */
const RESERVED = new Set(
  `arguments as async await boolean break case catch class const continue debugger declare default delete do else enum eval export
   extends false finally for from function get if implements import in instanceof interface let module namespace new null number of
   package private protected public return set static string super switch symbol this throw true try type typeof undefined var void
   while with yield braid connector declared imported pdp shared-signals system`.split(/\s+/),
);

/** Why this word can't be a new vendor's; null: it can. */
function taken(vendor: string, root: string): string | null {
  if (!VENDOR.test(vendor) || vendor.length > 40)
    return `"${vendor}" is no vendor's word: small letters, digits, single hyphens.`;
  if (RESERVED.has(vendor)) return `"${vendor}" is a reserved word: take another, such as "${vendor}-iam".`;
  const format = formatOf(vendor);
  if (format) return `"${vendor}" is the word of a log format (${format.name}): take another, such as "${vendor}-api".`;
  const there = [`lib/connectors/${vendor}`, `docs/connectors/${vendor}.md`].find((one) =>
    fs.existsSync(path.join(root, one)),
  );
  return there ? `${there} is there already.` : null;
}

/** Makes the folder of a new connector. Throws `input.invalid` where its word is taken. Returns the paths written. */
function scaffold(vendor: string, title: string, root: string): { paths: string[]; register: string[] } {
  const why = taken(vendor, root);
  if (why) throw new BraidError('input.invalid', why);
  if (!title.trim() || title.length > 100 || /\p{Cc}/u.test(title))
    throw new BraidError('input.invalid', 'A title is one line of at most 100 characters.');
  const { files, register } = scaffoldFiles(vendor, title);
  for (const { path: file, text } of files) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text, { flag: 'wx' });
  }
  const page = path.join(root, 'docs/connectors.md');
  if (fs.existsSync(page)) fs.writeFileSync(page, linkedIn(fs.readFileSync(page, 'utf8'), vendor, title));
  return { paths: files.map((file) => file.path), register };
}

function connectedCommands(connector: Command): void {
  connector
    .command('list')
    .description('connected systems, their health and what lives in them')
    .option('--json', 'print the result as JSON', false)
    .action((options: { json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const result = await list(ctx);
        const rows = result.items.map((row) => ({
          id: row.id,
          name: row.name,
          system: row.title,
          target: row.target,
          state: row.state,
          health: row.health,
          live: row.liveSessions,
          seen: row.lastSyncAt,
          detail: row.healthDetail,
        }));
        print(options.json ? result : table(rows, 'No system is connected yet: Connectors in the console does it.'));
      }),
    );
  connector
    .command('test')
    .description(
      'connect with its settings and say what is missing, with what grants it. Exit code 1 where something is',
    )
    .argument('<connector>', 'id or name')
    .option('--json', 'print the result as JSON', false)
    .action((given: string, options: { json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        const tested = await test(ctx, { id: await connectorId(ctx, given) });
        const rows = tested.checks.map((one) => ({
          check: one.check,
          found: one.ok ? 'ok' : 'missing',
          detail: one.detail,
          'granted by': one.fix,
        }));
        print(options.json ? tested : table(rows, 'Nothing was checked.'));
        if (!tested.ok) process.exitCode = 1;
      }),
    );
  connector
    .command('sync')
    .description('ask for a full look at its identities and sessions now')
    .argument('<connector>', 'id or name')
    .option('--json', 'print the result as JSON', false)
    .action((given: string, options: { json: boolean }) =>
      onDatabase(options.json, async (ctx) => {
        await sync(ctx, { id: await connectorId(ctx, given) });
        print(options.json ? { ok: true } : 'Asked for: whoever follows it looks now.');
      }),
    );
}

export function connectorCommands(program: Command): void {
  const connector = program.command('connector').description('connectors to other systems');
  connectedCommands(connector);
  connector
    .command('scaffold')
    .description('make the folder of a new connector: manifest, client, normaliser, connector, contract test, page')
    .argument('<vendor>', 'its word in code: small letters, digits, hyphens')
    .option('--title <text>', 'its name for people')
    .option('--into <folder>', 'a checkout of Braid', projectRoot())
    .option('--json', 'print the result as JSON', false)
    .action((vendor: string, options: { title?: string; into: string; json: boolean }) => {
      try {
        const made = scaffold(vendor, options.title ?? vendor, path.resolve(options.into));
        print(
          options.json
            ? made
            : `${made.paths.join('\n')}\n\nRegister it in\n  ${made.register.join('\n  ')}\nTry it: npx vitest run lib/connectors/${vendor}`,
        );
      } catch (error) {
        complain(error, options.json);
      }
    });
}
