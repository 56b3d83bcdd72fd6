import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '@/lib/platform/env';

// What Braid is compared with is no dependency of it: it is installed on demand, pinned, beside the benchmarks.

const PINNED = { cerbos: '0.51.0', ioredis: '5.11.1' } as const;
export const peersDir = path.join(projectRoot(), 'bench', '.peers');

const installed = (name: keyof typeof PINNED): boolean => {
  try {
    const text = fs.readFileSync(path.join(peersDir, 'node_modules', name, 'package.json'), 'utf8');
    return (JSON.parse(text) as { version: string }).version === PINNED[name];
  } catch {
    return false;
  }
};

/** Installs what is missing into bench/.peers. Answers what could not be, with the reason in one line. */
export function installPeers(): { missing: Set<string>; why: string } {
  const wanted = (Object.keys(PINNED) as (keyof typeof PINNED)[]).filter((name) => !installed(name));
  if (wanted.length === 0) return { missing: new Set(), why: '' };
  fs.mkdirSync(peersDir, { recursive: true });
  fs.writeFileSync(path.join(peersDir, 'package.json'), '{ "private": true }\n');
  const packages = wanted.map((name) => `${name}@${PINNED[name]}`);
  process.stdout.write(`Installing ${packages.join(' and ')} into bench/.peers …\n`);
  try {
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--save-exact', '--loglevel=error', ...packages], {
      cwd: peersDir,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 180_000,
    });
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? error);
    const line = said.split('\n').find((one) => /error/i.test(one)) ?? said.slice(0, 200);
    return { missing: new Set(wanted.filter((name) => !installed(name))), why: line.trim() };
  }
  return { missing: new Set(wanted.filter((name) => !installed(name))), why: 'npm installed another version' };
}

/** The first of these programs on the PATH. */
export function onPath(...names: string[]): string | undefined {
  const dirs = (process.env.PATH ?? '').split(path.delimiter);
  return names.flatMap((name) => dirs.map((dir) => path.join(dir, name))).find((file) => fs.existsSync(file));
}
