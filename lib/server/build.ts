import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';
import { takeTurn } from '@/lib/server/build-turn';

const SOURCES = [
  'app',
  'components',
  'lib',
  'public',
  'package-lock.json',
  'tsconfig.json',
  'next.config.ts',
  'proxy.ts',
  'instrumentation.ts',
  'prisma/schema.prisma',
];

function* files(target: string): Generator<string> {
  if (!fs.existsSync(target)) return;
  if (fs.statSync(target).isFile()) {
    yield target;
    return;
  }
  for (const name of fs.readdirSync(target).sort()) {
    if (name !== 'generated' && !name.includes('.test.')) yield* files(path.join(target, name));
  }
}

/** Hash of everything the console is built from. */
export function sourceHash(root = projectRoot()): string {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0]!);
  for (const source of SOURCES) {
    for (const file of files(path.join(root, source)))
      hash.update(path.relative(root, file)).update(fs.readFileSync(file));
  }
  return hash.digest('hex');
}

/**
 * Builds the console if its sources changed since the last build; where another process is just building it, waits for that
 * one. Returns whether it had to build. Throws `internal` with the end of the build's output.
 */
export async function buildConsole(say: (line: string) => void): Promise<boolean> {
  const root = projectRoot();
  const stamp = path.join(root, '.next', 'braid-source-hash');
  const wanted = sourceHash(root);
  const isBuilt = () => fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted;
  if (isBuilt()) return false;
  const done = await takeTurn(path.join(root, '.next/cache/braid/building'), 'braid', (pid) =>
    say(`Another start from this folder is building the console (process ${pid}); waiting for it…`),
  );
  try {
    if (isBuilt()) return false;
    await build(root, stamp, say);
    fs.writeFileSync(stamp, wanted);
    return true;
  } finally {
    done();
  }
}

async function build(root: string, stamp: string, say: (line: string) => void): Promise<void> {
  say('Building the console (once per version, about a minute on two free cores)…');
  const began = performance.now();
  const progress = setInterval(
    () => say(`  still building, ${Math.round((performance.now() - began) / 1000)} s`),
    15_000,
  );
  fs.rmSync(stamp, { force: true });
  const output: string[] = [];
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(root, 'node_modules/next/dist/bin/next'), 'build'], {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', CI: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer) => output.push(chunk.toString());
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', resolve);
    process.once('exit', () => child.kill('SIGKILL'));
  }).finally(() => clearInterval(progress));
  if (code !== 0) {
    throw new BraidError(
      'internal',
      `The console could not be built:\n${output.join('').trim().split('\n').slice(-30).join('\n')}`,
    );
  }
}
