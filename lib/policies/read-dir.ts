import fs from 'node:fs';
import path from 'node:path';
import { BraidError } from '@/lib/platform/errors';

const MAX_BYTES = 500_000;

/** The YAML files of a policy folder (or one file), fixtures among them. Throws `policy.invalid` with one clear line. */
export function readDir(target: string): { name: string; text: string }[] {
  const found = fs.statSync(target, { throwIfNoEntry: false });
  if (!found) throw new BraidError('policy.invalid', `There is no folder ${target}.`);
  const names = found.isDirectory()
    ? fs.readdirSync(target).filter((name) => /\.ya?ml$/.test(name))
    : [path.basename(target)];
  if (!names.length) throw new BraidError('policy.invalid', `${target} has no .yaml files.`);
  const dir = found.isDirectory() ? target : path.dirname(target);
  return names.sort().map((name) => {
    const file = path.join(dir, name);
    if (fs.statSync(file).size > MAX_BYTES) throw new BraidError('policy.invalid', `${file} is larger than 500 kB.`);
    return { name, text: fs.readFileSync(file, 'utf8') };
  });
}
