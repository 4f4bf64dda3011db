import { defineConfig } from 'playwright/test';

const root = new URL('../../', import.meta.url).pathname;

export default defineConfig({
  testDir: '.',
  outputDir: `${root}test-results/e2e`,
  // Two windows at most share one display; each test owns its profile directory, so files can run side by side.
  workers: 2,
  timeout: 60_000,
  globalTimeout: 8 * 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  // A window that did not come up on a crowded machine is tried again, and said: see playwrightCounts() in scripts/lib/tests.mjs.
  retries: 2,
  use: { trace: 'retain-on-failure' },
});
