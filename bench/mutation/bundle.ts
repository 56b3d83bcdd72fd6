// A file full of mutants and the tests that come by it, as one module: loaded once, it judges them all.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { peersDir } from '@/bench/decide/packages';
import { projectRoot } from '@/lib/platform/env';

export interface Mutant {
  id: string;
  mutatorName: string;
  replacement: string;
  location: { start: { line: number; column: number }; end: { line: number; column: number } };
}

const root = projectRoot();
export const workDir = path.join(root, '.stryker-tmp');

/** The text of a file with every mutant in it, each behind a switch. */
async function instrument(file: string): Promise<{ text: string; mutants: Mutant[] }> {
  const require = createRequire(path.join(peersDir, 'package.json'));
  const { createInstrumenter } = await import(require.resolve('@stryker-mutator/instrumenter'));
  const { createInjector } = await import(require.resolve('typed-inject'));
  const silent = { isDebugEnabled: () => false, debug() {}, info() {}, warn() {}, error() {} };
  const instrumenter = createInjector().provideValue('logger', silent).injectFunction(createInstrumenter);
  const content = fs.readFileSync(path.join(root, file), 'utf8');
  const { files, mutants } = await instrumenter.instrument([{ name: file, mutate: true, content }], {
    plugins: null,
    ignorers: [],
    // Text for people and for programmers is held by other means.
    excludedMutations: ['StringLiteral'],
  });
  type Made = Mutant & { status?: string };
  return { text: files[0].content, mutants: mutants.filter((one: Made) => one.status !== 'Ignored') };
}

const inProject: Plugin = {
  name: 'in-project',
  setup(built) {
    built.onResolve({ filter: /^@\// }, ({ path: name }) =>
      built.resolve(`./${name.slice(2)}`, { resolveDir: root, kind: 'import-statement' }),
    );
    built.onResolve({ filter: /^vitest$/ }, () => ({ path: path.join(root, 'bench/mutation/testing.ts') }));
  },
};

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
  write: false,
} as const;

/** Which of these tests come by which project files, from their imports. */
export async function importsOf(tests: string[]): Promise<Map<string, Set<string>>> {
  const { metafile } = await build({
    ...options,
    entryPoints: tests,
    outdir: workDir,
    metafile: true,
    plugins: [inProject],
  });
  return new Map(tests.map((test) => [test, closure(metafile.inputs, test)]));
}

function closure(inputs: Metafile['inputs'], from: string, seen = new Set<string>()): Set<string> {
  if (seen.has(from)) return seen;
  seen.add(from);
  for (const one of inputs[from]?.imports ?? []) if (!one.external) closure(inputs, one.path, seen);
  return seen;
}

/** Sets compiled while a mutant is on are neither kept nor taken from what was kept: it would outlive the mutant, or hide it. */
const unkept = (text: string): string =>
  text
    .replace('compiled.get(row.hash)', '(globalThis.__stryker__?.activeMutant ? undefined : compiled.get(row.hash))')
    .replace('compiled.set(row.hash, body)', 'globalThis.__stryker__?.activeMutant || compiled.set(row.hash, body)');

export interface Bundle {
  at: string;
  hash: string;
  mutants: Mutant[];
}

/** Writes the module that judges the mutants of `file` by `tests`. Its hash tells whether anything in it has changed. */
export async function bundle(file: string, tests: string[]): Promise<Bundle> {
  const { text, mutants } = await instrument(file);
  const entry = [
    `import '@/bench/mutation/no-shrinking';`,
    ...tests.flatMap((test) => [`import 'begin:${test}';`, `import '@/${test}';`]),
    `import { main } from '@/bench/mutation/judge';`,
    'await main();',
  ].join('\n');
  const changing: Plugin = {
    name: 'changing',
    setup(built) {
      built.onResolve({ filter: /^begin:/ }, ({ path: name }) => ({ path: name.slice(6), namespace: 'begin' }));
      built.onLoad({ filter: /.*/, namespace: 'begin' }, ({ path: name }) => ({
        contents: `import { beginFile } from '@/bench/mutation/testing'; beginFile(${JSON.stringify(name)});`,
        resolveDir: root,
      }));
      built.onLoad({ filter: /\.ts$/, namespace: 'file' }, ({ path: at }) => {
        const own = path.relative(root, at) === file;
        const contents = own ? text : unkept(fs.readFileSync(at, 'utf8'));
        const place = contents
          .replaceAll('import.meta.dirname', JSON.stringify(path.dirname(at)))
          .replaceAll('import.meta.url', JSON.stringify(`file://${at}`));
        return { contents: place, loader: 'ts' };
      });
    },
  };
  const { outputFiles } = await build({
    ...options,
    stdin: { contents: entry, resolveDir: root, loader: 'ts' },
    plugins: [inProject, changing],
  });
  const code = outputFiles[0]!.text;
  const at = path.join(workDir, `${file.replace(/\W+/g, '_')}.mjs`);
  fs.mkdirSync(workDir, { recursive: true });
  fs.writeFileSync(at, code);
  return { at, hash: createHash('sha256').update(code).digest('hex'), mutants };
}
