import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ensureBuild } from './build.mjs';
import { say } from './console.mjs';
import { withXvfb } from './display.mjs';
import { asNode } from './electron.mjs';
import { inRoot, ROOT } from './paths.mjs';
import { inherit } from './processes.mjs';
import { sandboxArguments } from './sandbox.mjs';

/**
 * @typedef {import('./steps.mjs').Step} Step
 * @typedef {import('./steps.mjs').Tests} Tests
 */

/** A hanging test must not hang the build server; Playwright has a limit of its own. */
const TIME_LIMIT = 8 * 60_000;

/** As vitest.config.ts has it. */
const VITEST_RESULTS = 'test-results/vitest.json';
const PLAYWRIGHT_RESULTS = 'test-results/playwright.json';

/**
 * Tests without a window, inside Electron's own Node: native modules are tested where they will run.
 * @param {string} executable an Electron
 * @param {readonly string[]} projects of vitest.config.ts
 * @param {readonly string[]} args for vitest
 * @returns {Step}
 */
export function vitest(executable, projects, args) {
  const selected = projects.map((project) => `--project=${project}`);
  const command = [inRoot('node_modules', 'vitest', 'vitest.mjs'), 'run', ...selected, ...args];
  return {
    name: projects.join(' + '),
    run: async () => {
      await clear(VITEST_RESULTS);
      const code = await inherit(executable, command, { cwd: ROOT, env: asNode(), timeout: TIME_LIMIT });
      return counted(code, vitestCounts(await read(VITEST_RESULTS)));
    },
  };
}

/**
 * Tests of the built app in a real window, on an X server of their own.
 * @param {string} executable an Electron
 * @param {readonly string[]} args for Playwright
 * @returns {Step}
 */
export function endToEnd(executable, args) {
  const command = [
    inRoot('node_modules', 'playwright', 'cli.js'),
    'test',
    '--config=test/e2e/playwright.config.ts',
    '--reporter=list,json',
    ...args,
  ];
  return {
    name: 'e2e',
    run: async () => {
      await clear(PLAYWRIGHT_RESULTS);
      await ensureBuild();
      const code = await withXvfb((display) => inherit(process.execPath, command, { cwd: ROOT, env: environment(executable, display) }));
      return counted(code, playwrightCounts(await read(PLAYWRIGHT_RESULTS)));
    },
  };
}

/**
 * What test/e2e finds in its environment.
 * @param {string} executable
 * @param {string} display
 */
function environment(executable, display) {
  const { WAYLAND_DISPLAY: _, ...env } = process.env;
  return {
    ...env,
    DISPLAY: display,
    SESSION_INSPECTOR_ELECTRON: executable,
    SESSION_INSPECTOR_ELECTRON_ARGS: sandboxArguments().join(' '),
    PLAYWRIGHT_JSON_OUTPUT_NAME: inRoot(PLAYWRIGHT_RESULTS),
  };
}

/**
 * A runner that failed without a failed test (a file that does not load, a crash) counts as one failure, so that the
 * closing line never reads well after a bad run.
 * @param {number} code
 * @param {Tests | undefined} counts
 */
function counted(code, counts = { passed: 0, failed: 0 }) {
  const failed = counts.failed === 0 && (code !== 0 || counts.passed === 0) ? 1 : counts.failed;
  return { code: failed > 0 ? code || 1 : code, tests: { ...counts, failed } };
}

/**
 * A skipped test is a failed one: what is skipped for lack of a server would otherwise never be missed.
 * @param {any} report
 * @returns {Tests | undefined}
 */
export function vitestCounts(report) {
  if (!report) return undefined;
  const skipped = report.numPendingTests + report.numTodoTests;
  return { passed: report.numPassedTests, failed: report.numFailedTests + told(skipped) };
}

/**
 * @param {any} report
 * @returns {Tests | undefined}
 */
export function playwrightCounts(report) {
  if (!report) return undefined;
  const { expected, unexpected, flaky, skipped } = report.stats;
  if (flaky > 0) say(`${flaky} passed only when tried again; each is worth a look.`);
  return { passed: expected + flaky, failed: unexpected + told(skipped) };
}

/** @param {number} skipped */
function told(skipped) {
  if (skipped > 0) say(`${skipped} skipped; a skipped test counts as failed.`);
  return skipped;
}

/** @param {string} file */
async function clear(file) {
  await rm(inRoot(file), { force: true });
  await mkdir(dirname(inRoot(file)), { recursive: true });
}

/** @param {string} file */
async function read(file) {
  const text = await readFile(inRoot(file), 'utf8').catch(() => undefined);
  return text && JSON.parse(text);
}
