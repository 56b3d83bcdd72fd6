import { defineConfig } from '@playwright/test';
import { findBrowser } from './e2e/browser';

const browser = await findBrowser();

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  globalSetup: './e2e/setup.ts',
  workers: 2,
  projects: [
    // They share one installation and watch its live state.
    { name: 'journeys', testIgnore: '**/pages.spec.ts', workers: 1 },
    { name: 'pages', testMatch: 'pages.spec.ts', dependencies: ['journeys'], fullyParallel: true, workers: 2 },
  ],
  timeout: 120_000,
  expect: { timeout: 20_000 }, // how long a thing may take is measured in bench/, not here
  outputDir: 'test-results',
  use: {
    launchOptions: browser,
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'off',
    actionTimeout: 30_000, // what can't be pressed by then never will be: say so and go on
  },
});
