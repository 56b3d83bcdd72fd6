import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { formatOf } from '@/lib/connectors/formats';
import { linkedIn, scaffoldFiles } from '@/lib/connectors/scaffold-format';
import { projectRoot } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';
import { complain, print } from '@/lib/server/commands/run';

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

export function connectorCommands(program: Command): void {
  const connector = program.command('connector').description('connectors to other systems');
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
