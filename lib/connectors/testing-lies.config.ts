import path from 'node:path';
import { defineConfig } from 'vitest/config';

const root = path.resolve(import.meta.dirname, '../..');

/** Runs nothing but the lies: most of what it runs has to fail. */
export default defineConfig({
  root,
  resolve: { alias: { '@': root } },
  test: {
    include: ['lib/connectors/testing-lies.ts'],
    env: { BRAID_LOG_LEVEL: 'silent', BRAID_SECRET_KEY: 'only-for-tests' },
  },
});
