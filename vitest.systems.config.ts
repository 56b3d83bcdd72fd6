import { configDefaults, defineConfig } from 'vitest/config';
import base from './vitest.config';

/** The suites against real servers that have to be installed first: `.ci/run` does, and says how. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['lib/**/*.system.test.ts'],
    exclude: configDefaults.exclude,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
