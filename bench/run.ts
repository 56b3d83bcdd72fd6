// `npm run bench [name…] [-- options]`: runs benchmarks, each on a server of its own in a temporary folder. Never part of the
// tests: the figures are ratios to a yardstick measured in the same run, because absolute numbers say more about the machine.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const known = fs
  .readdirSync(here)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -3))
  .sort();
/** What runs when no name is given: the others take long, or read what these wrote. */
const USUAL = ['decide', 'ingest'];

const given = process.argv.slice(2);
const cut = given.findIndex((one) => !known.includes(one));
const asked = cut < 0 ? given : given.slice(0, cut);
const options = cut < 0 ? [] : given.slice(cut);
if (options[0] && !options[0].startsWith('-') && asked.length === 0) {
  process.stderr.write(`No benchmark "${options[0]}". There are: ${known.join(', ')}.\n`);
  process.exit(2);
}
let failed = 0;
for (const name of asked.length > 0 ? asked : USUAL) {
  process.stdout.write(`\n── ${name}\n`);
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(here, `${name}.ts`), ...options], {
    stdio: 'inherit',
    cwd: path.resolve(here, '..'),
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
