import os from 'node:os';
import path from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@': path.resolve(import.meta.dirname) } },
  test: {
    include: ['lib/**/*.test.ts', 'components/**/*.test.ts', 'app/**/*.test.ts', 'bench/**/*.test.ts'],
    // Suites against servers that npm has not: vitest.systems.config.ts.
    exclude: [...configDefaults.exclude, '**/*.system.test.ts'],
    globalSetup: ['lib/db/testing-setup.ts'],
    maxWorkers: Math.max(3, os.availableParallelism() + 1), // they wait on PostgreSQL more than they compute
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } }, // how long a thing may take is measured in bench/, not here
    env: { BRAID_LOG_LEVEL: 'silent', BRAID_SECRET_KEY: 'only-for-tests', NODE_ENV: 'test' },
  },
});
