import { defineConfig } from '@playwright/test';
import { findBrowser } from './e2e/browser';

const browser = await findBrowser();

/** Those the pages that are looked at afterwards need nothing of. */
const BESIDE = [
  'first-start',
  'hunts',
  'intake',
  'lanes',
  'notifications',
  'proof',
  'responses',
  'second-person',
  'signals',
].map((name) => `**/${name}.spec.ts`);

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  globalSetup: './e2e/setup.ts',
  workers: 2,
  projects: [
    { name: 'journeys', testIgnore: ['**/pages.spec.ts', ...BESIDE], workers: 1, metadata: { house: 'FIRST' } },
    { name: 'journeys beside', testMatch: BESIDE, workers: 1, metadata: { house: 'SECOND' } },
    // What the first house has been left with.
    {
      name: 'pages',
      testMatch: 'pages.spec.ts',
      dependencies: ['journeys'],
      fullyParallel: true,
      metadata: { house: 'FIRST' },
    },
  ],
  timeout: 240_000,
  expect: { timeout: 30_000 }, // how long a thing may take is measured in bench/, not here
  outputDir: 'test-results',
  use: {
    launchOptions: browser,
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'off',
    actionTimeout: 60_000, // what can't be pressed by then never will be: say so and go on
  },
});
