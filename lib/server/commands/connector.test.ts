import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterAll, expect, test, vi } from 'vitest';
import { connectorCommands } from '@/lib/server/commands/connector';

const into = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-scaffold-'));
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
    await program.parseAsync(['node', 'braid', 'connector', 'scaffold', ...args, '--into', into, '--json']);
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
  expect(made.register).toEqual(["import { acmeIam } from '@/lib/connectors/acme-iam/connector';", 'acmeIam,']);
  const again = await run('acme-iam');
  expect([again.code, JSON.parse(again.said).error.code]).toEqual([2, 'input.invalid']);
});

test.each(['Acme', '../up', 'a b', 'a--b', '9x', ''])(
  '%j is no vendor’s word, and nothing is written',
  async (word) => {
    const before = fs.readdirSync(into, { recursive: true }).length;
    expect((await run(word)).code).toBe(2);
    expect(fs.readdirSync(into, { recursive: true })).toHaveLength(before);
  },
);
