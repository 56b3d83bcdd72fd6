// The tests that need no database: a mutant is judged by them in milliseconds.
import fs from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

const root = path.resolve(import.meta.dirname, '..', '..');
const folders = ['lib/exposures', 'lib/policies'];
const pure = folders.flatMap((folder) =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join(folder, name))
    .filter((name) => !/testDatabase|startProcess/.test(fs.readFileSync(path.join(root, name), 'utf8'))),
);

export default defineConfig({
  root,
  resolve: { alias: { '@': root } },
  test: {
    include: pure,
    setupFiles: ['bench/mutation/no-shrinking.ts'],
    testTimeout: 300_000, // the tester has its own,
    env: { BRAID_LOG_LEVEL: 'silent', BRAID_SECRET_KEY: 'only-for-tests', NODE_ENV: 'test' },
  },
});
