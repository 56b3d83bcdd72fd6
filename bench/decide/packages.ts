import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '@/lib/platform/env';

// What Braid is compared with, or its tests are tested by, is no dependency of it: it is installed on demand, pinned, beside
// the benchmarks.

const PEERS = { cerbos: '0.51.0', ioredis: '5.11.1' };
const MUTATION = { '@stryker-mutator/instrumenter': '9.6.1' };
export const peersDir = path.join(projectRoot(), 'bench', '.peers');

function missingOf(pinned: Record<string, string>): string[] {
  return Object.keys(pinned).filter((name) => {
    try {
      const text = fs.readFileSync(path.join(peersDir, 'node_modules', name, 'package.json'), 'utf8');
      return (JSON.parse(text) as { version: string }).version !== pinned[name];
    } catch {
      return true;
    }
  });
}

/** Installs what is missing into bench/.peers. Answers what could not be, with the reason in one line. */
function install(pinned: Record<string, string>): { missing: Set<string>; why: string } {
  const wanted = missingOf(pinned);
  if (wanted.length === 0) return { missing: new Set(), why: '' };
  fs.mkdirSync(peersDir, { recursive: true });
  const manifest = path.join(peersDir, 'package.json');
  if (!fs.existsSync(manifest)) fs.writeFileSync(manifest, '{ "private": true }\n');
  const packages = wanted.map((name) => `${name}@${pinned[name]}`);
  process.stdout.write(`Installing ${packages.join(' and ')} into bench/.peers …\n`);
  let why = 'another version was installed';
  try {
    const flags = ['--no-audit', '--no-fund', '--save-exact', '--legacy-peer-deps', '--loglevel=error'];
    execFileSync('npm', ['install', ...flags, ...packages], {
      cwd: peersDir,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 180_000,
    });
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? error);
    why = (said.split('\n').find((one) => /error/i.test(one)) ?? said.slice(0, 200)).trim();
  }
  return { missing: new Set(missingOf(pinned)), why: `npm could not install it: ${why}` };
}

/** Braid's peers. What is missing is left out of the comparison. */
export const installPeers = () => install(PEERS);

/** What makes mutants. Answers why it could not be had, or nothing. */
export function installMutation(): string {
  const { missing, why } = install(MUTATION);
  return missing.size ? `${[...missing].join(', ')}: ${why}` : '';
}

/** The first of these programs on the PATH. */
export function onPath(...names: string[]): string | undefined {
  const dirs = (process.env.PATH ?? '').split(path.delimiter);
  return names.flatMap((name) => dirs.map((dir) => path.join(dir, name))).find((file) => fs.existsSync(file));
}
