import { defineConfig } from 'vitest/config';
import { resolve, shared } from './vitest.config';

/** The suites against real servers that have to be installed first: `.ci/run` does, and says how. */
export default defineConfig({
  resolve,
  test: { ...shared, include: ['lib/**/*.system.test.ts'], hookTimeout: 180_000 },
});
