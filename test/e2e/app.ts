import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { _electron, test as base, type ElectronApplication, expect, type Locator, type Page } from 'playwright/test';

const ROOT = new URL('../../', import.meta.url).pathname;

type Launch = (
  options?: Readonly<{
    env?: Readonly<Record<string, string>>;
    args?: readonly string[];
    /** lines of a shell script that ends in `"$@"`, which is the app: what has to be so before it starts */
    through?: string;
  }>,
) => Promise<Page>;
type Fixtures = {
  /** a fresh folder of the test's own, gone afterwards */
  folder: string;
  /** the app's data folder: a second `launch` with the same one is a second start */
  data: string;
  launch: Launch;
  /** the app of the last `launch` */
  electron: () => ElectronApplication;
};

/** The built app in a real window. `npm test` says in the environment which Electron and how to start it. */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from this pattern
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'session-inspector-e2e-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
  data: async ({ folder }, use) => use(join(folder, 'data')),
  launch: async ({ data, folder }, use) => {
    const running: ElectronApplication[] = [];
    apps = running;
    await use(async ({ env = {}, args = [], through } = {}) => {
      const electron = required('SESSION_INSPECTOR_ELECTRON');
      const app = await _electron.launch({
        executablePath: through === undefined ? electron : startScript(folder, electron, through),
        args: [...(process.env['SESSION_INSPECTOR_ELECTRON_ARGS'] ?? '').split(' ').filter(Boolean), ROOT, ...args],
        env: { ...(process.env as Record<string, string>), LANG: 'en_US.UTF-8', LANGUAGE: 'en', SESSION_INSPECTOR_DATA: data, ...env },
      });
      running.push(app);
      const page = await app.firstWindow();
      await page.waitForLoadState('domcontentloaded');
      return page;
    });
    for (const app of running) {
      // A window with a draft would ask before it closes, and nobody is there to answer.
      const destroy = app.evaluate(({ BrowserWindow }) => {
        for (const window of BrowserWindow.getAllWindows()) window.destroy();
      });
      await destroy.catch(() => undefined);
      await app.close().catch(() => undefined);
    }
  },
  // biome-ignore lint/correctness/noEmptyPattern: see above
  electron: async ({}, use) =>
    use(() => {
      const app = apps.at(-1);
      if (app === undefined) throw new Error('Nothing was launched');
      return app;
    }),
});

function startScript(folder: string, electron: string, through: string): string {
  const path = join(folder, 'start.sh');
  writeFileSync(path, `#!/bin/sh\nset -e\nset -- '${electron}' "$@"\n${through}\n`, { mode: 0o755 });
  return path;
}

/** A worker runs one test at a time. */
let apps: ElectronApplication[] = [];

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run \`npm test -- e2e\``);
  return value;
}

/** A dialog, whichever of the two roles it has. */
export function dialog(page: Page, name: string | RegExp): Locator {
  return page.getByRole('dialog', { name }).or(page.getByRole('alertdialog', { name }));
}

/** Serious and critical findings of axe on what the window shows now, as readable lines. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`));
}

/** A copy of a fixture database, made by real Django, that the test may change. */
export function copyFixture(name: string, folder: string, as = name.split('/').at(-1) ?? name): string {
  const path = join(folder, as);
  copyFileSync(join(ROOT, 'test/fixtures', name), path);
  return path;
}

/** Runs requests of test/django/oracle.py in one real Django and answers with its answers. */
export function askDjango(requests: readonly Readonly<Record<string, unknown>>[]): readonly Readonly<Record<string, unknown>>[] {
  const input = requests.map((request) => `${JSON.stringify(request)}\n`).join('');
  const { stdout, stderr, status } = spawnSync('/usr/bin/python3', [join(ROOT, 'test/django/oracle.py')], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`Django ended with ${status}: ${stderr}`);
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const answer of answers) if (answer['ok'] !== true) throw new Error(`Django: ${answer['error']}: ${answer['message']}`);
  return answers;
}

export { expect };
