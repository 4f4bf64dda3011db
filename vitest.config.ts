import { defineConfig } from 'vitest/config';
import { FixturesReporter } from './test/unit/fixtures-reporter.ts';

export default defineConfig({
  test: {
    // Forked processes run the same executable as the parent: Electron's own Node (see scripts/lib/tests.mjs).
    pool: 'forks',
    restoreMocks: true,
    // Real servers and limits in seconds, on machines that other work shares.
    retry: 1,
    // The second is what npm test counts from; the third prints one table of all fixtures made by Django.
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }], new FixturesReporter()],
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}', 'scripts/**/*.test.mjs'] } },
      { extends: true, test: { name: 'contract', include: ['test/contract/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 60_000 } },
    ],
  },
});
