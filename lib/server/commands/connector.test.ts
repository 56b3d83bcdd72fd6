import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { afterAll, expect, test, vi } from 'vitest';
import { projectRoot } from '@/lib/platform/env';
import { connectorCommands } from '@/lib/server/commands/connector';

const into = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-scaffold-'));
const root = projectRoot();
afterAll(() => fs.rmSync(into, { recursive: true, force: true }));

/** Runs the command in this process; returns what it printed. */
async function run(...args: string[]): Promise<{ said: string; code: number }> {
  const program = new Command();
  connectorCommands(program);
  let said = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  process.exitCode = 0;
  try {
    await program.parseAsync(['node', 'braid', 'connector', 'scaffold', '--into', into, ...args, '--json']);
    return { said, code: Number(process.exitCode) };
  } finally {
    out.mockRestore();
    process.exitCode = 0;
  }
}

test('a connector’s folder is made whole, named as asked, and never over another', async () => {
  const made = JSON.parse((await run('acme-iam', '--title', 'Acme IAM')).said);
  expect(made.paths).toEqual([
    ...['manifest', 'client', 'normalise', 'connector', 'connector.test'].map(
      (name) => `lib/connectors/acme-iam/${name}.ts`,
    ),
    'docs/connectors/acme-iam.md',
  ]);
  for (const file of made.paths) {
    const text = fs.readFileSync(path.join(into, file), 'utf8');
    expect(text).not.toMatch(/VENDOR/);
    expect(text).toContain(
      file.endsWith('normalise.ts') ? 'toIdentity' : file.endsWith('.md') ? 'Acme IAM' : 'acme-iam',
    );
  }
  expect(made.register.map((one: string) => one.split(':')[0])).toEqual(['lib/connectors/registry.ts']);
  expect(made.register[0]).toContain("import { acmeIamConnector } from '@/lib/connectors/acme-iam/connector';");
  const again = await run('acme-iam');
  expect([again.code, JSON.parse(again.said).error.code]).toEqual([2, 'input.invalid']);
});

/** A checkout in which only the made folder is new. */
function checkout(): string {
  const at = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-checkout-'));
  fs.mkdirSync(path.join(at, 'docs'));
  fs.copyFileSync(path.join(root, 'docs/connectors.md'), path.join(at, 'docs/connectors.md'));
  const link = (from: string, except: string) => {
    fs.mkdirSync(path.join(at, from), { recursive: true });
    for (const one of fs.readdirSync(path.join(root, from)))
      if (one !== except) fs.symlinkSync(path.join(root, from, one), path.join(at, from, one));
  };
  link('lib', 'connectors');
  link('lib/connectors', '');
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(at, 'node_modules'));
  const made = 'lib/connectors/made-here/*.ts';
  fs.writeFileSync(
    path.join(at, 'tsconfig.json'),
    JSON.stringify({
      extends: path.join(root, 'tsconfig.json'),
      compilerOptions: { paths: { '@/*': ['./*'] }, incremental: false, plugins: [], types: ['node'] },
      include: [made],
      exclude: [],
    }),
  );
  fs.writeFileSync(
    path.join(at, 'vitest.config.mjs'),
    `export default { resolve: { alias: { '@': ${JSON.stringify(at)} } }, test: { include: ['${made.replace('*.ts', '*.test.ts')}'] } };`,
  );
  const biome = JSON.parse(fs.readFileSync(path.join(root, 'biome.json'), 'utf8'));
  fs.writeFileSync(path.join(at, 'biome.json'), JSON.stringify({ ...biome, vcs: { enabled: false } }));
  return at;
}

test('what is made compiles, is written as the house writes, and passes its own suite', {
  timeout: 240_000,
}, async () => {
  const at = checkout();
  try {
    const made = await run('made-here', '--title', `Acme's "new" IAM \\ 2`, '--into', at);
    expect(made.code).toBe(0);
    expect(fs.readFileSync(path.join(at, 'docs/connectors/made-here.md'), 'utf8')).toContain(`# Acme's "new" IAM \\ 2`);
    const list = /^One page per system: .*$/m.exec(fs.readFileSync(path.join(at, 'docs/connectors.md'), 'utf8'))?.[0];
    expect(list).toContain(` · [Acme's "new" IAM \\\\ 2](connectors/made-here.md). All of them`);
    const tool = (bin: string, ...args: string[]) =>
      promisify(execFile)(process.execPath, [path.join(root, 'node_modules', bin), ...args], {
        cwd: at,
        env: { PATH: process.env.PATH, HOME: at, NODE_ENV: 'test' },
      }).catch((error: { stdout: string; stderr: string }) => {
        throw new Error(`${bin}: ${error.stdout}${error.stderr}`);
      });
    await tool('typescript/bin/tsc', '--noEmit', '-p', at);
    await tool('@biomejs/biome/bin/biome', 'check', 'lib/connectors/made-here');
    const { stdout } = await tool('vitest/vitest.mjs', 'run', '--root', at, '--reporter', 'json');
    const told = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { success: boolean; numPassedTests: number };
    expect(told).toMatchObject({ success: true });
    expect(told.numPassedTests).toBeGreaterThanOrEqual(5);
  } finally {
    fs.rmSync(at, { recursive: true, force: true });
  }
});

test.each(['new', 'class', 'delete', 'type', 'pdp', 'notes', 'pulls', 'ocsf', 'cloudtrail', 'generic', 'postgres'])(
  '%j is taken: said so, and nothing is written',
  async (word) => {
    const before = fs.readdirSync(path.join(root, 'lib/connectors'), { recursive: true }).length;
    const refused = await run(word, '--into', root);
    expect([refused.code, JSON.parse(refused.said).error.code]).toEqual([2, 'input.invalid']);
    expect(fs.readdirSync(path.join(root, 'lib/connectors'), { recursive: true })).toHaveLength(before);
  },
);

test('a title is one line', async () => {
  expect((await run('acme-two', '--title', 'a\nb')).code).toBe(2);
  expect(fs.existsSync(path.join(into, 'lib/connectors/acme-two'))).toBe(false);
});

test.each(['Acme', '../up', 'a b', 'a--b', '9x', ''])(
  '%j is no vendor’s word, and nothing is written',
  async (word) => {
    const before = fs.readdirSync(into, { recursive: true }).length;
    expect((await run(word)).code).toBe(2);
    expect(fs.readdirSync(into, { recursive: true })).toHaveLength(before);
  },
);
