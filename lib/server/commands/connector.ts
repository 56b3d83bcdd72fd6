import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { scaffoldFiles } from '@/lib/connectors/scaffold-format';
import { projectRoot } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';
import { complain, print } from '@/lib/server/commands/run';

const VENDOR = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Makes the folder of a new connector. Throws `input.invalid` where there is one. Returns the paths written. */
function scaffold(vendor: string, title: string, root: string): { paths: string[]; register: string[] } {
  if (!VENDOR.test(vendor) || vendor.length > 40)
    throw new BraidError('input.invalid', `"${vendor}" is no vendor's word: small letters, digits, single hyphens.`);
  const { files, register } = scaffoldFiles(vendor, title);
  const there = files.find((file) => fs.existsSync(path.join(root, file.path)));
  if (there) throw new BraidError('input.invalid', `${there.path} is there already.`);
  for (const { path: file, text } of files) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text, { flag: 'wx' });
  }
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
        const [line, entry] = made.register;
        print(
          options.json
            ? made
            : `${made.paths.join('\n')}\n\nRegister it in lib/connectors/registry.ts:\n  ${line}\n  const MODULES = [ … ${entry} … ]\nTry it: npx vitest run lib/connectors/${vendor}`,
        );
      } catch (error) {
        complain(error, options.json);
      }
    });
}
