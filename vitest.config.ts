import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

const root = import.meta.dirname;
const FOLDERS = ['lib', 'components', 'app', 'bench'];

/** What a test file leaves behind for the next in its process: a database's pool, a faked module or clock, an environment. */
const LEAVES = /testDatabase\(|inject\(|\bvi\.|process\.env|spawn|openGate|startProcess/;
const all = FOLDERS.flatMap((folder) =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.endsWith('.system.test.ts'))
    .map((name) => path.posix.join(folder, name)),
);
const pure = all.filter((file) => !LEAVES.test(fs.readFileSync(path.join(root, file), 'utf8')));

export const shared = {
  globalSetup: ['lib/db/testing-setup.ts'],
  maxWorkers: Math.max(3, os.availableParallelism() + 1), // they wait on PostgreSQL more than they compute
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 30_000 } }, // how long a thing may take is measured in bench/, not here
  env: { BRAID_LOG_LEVEL: 'silent', BRAID_SECRET_KEY: 'only-for-tests', NODE_ENV: 'test' as const },
};
export const resolve = { alias: { '@': root } };

export default defineConfig({
  resolve,
  test: {
    ...shared,
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: FOLDERS.map((folder) => `${folder}/**/*.test.ts`),
          // Suites against servers that npm has not: vitest.systems.config.ts.
          exclude: [...configDefaults.exclude, '**/*.system.test.ts', ...pure],
        },
      },
      // A process for each of these would cost more than they do.
      { extends: true, test: { name: 'together', include: pure, isolate: false } },
    ],
  },
});
