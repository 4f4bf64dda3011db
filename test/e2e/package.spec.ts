import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { FuseState, FuseV1Options, FuseVersion, flipFuses, getCurrentFuseWire } from '@electron/fuses';
import { _electron, type ElectronApplication } from 'playwright/test';
import { eventually, freePort, output } from '../contract/servers/local.ts';
import { expect, test } from './app.ts';
import { listArchive } from './asar.ts';
import { filesIn, processesOf, toldOf } from './secret-search.ts';
import { openDemo, openSession, sessionGrid } from './steps.ts';

/** The app as it is handed out, as far as this machine can make it: the unpacked package for Linux. */

const ROOT = join(import.meta.dirname, '../..');
const PACKAGE = join(ROOT, 'dist/linux-unpacked');
const EXECUTABLE = join(PACKAGE, 'session-inspector');
const ARCHIVE = join(PACKAGE, 'resources/app.asar');
const ARGUMENTS = (process.env['SESSION_INSPECTOR_ELECTRON_ARGS'] ?? '').split(' ').filter(Boolean);

test.beforeAll(async () => {
  test.setTimeout(180_000);
  // Without a download there is the older copy from the registry, which a package is made of only when asked by name.
  const own = process.env['ELECTRON_OVERRIDE_DIST_PATH'] !== undefined || existsSync(join(ROOT, 'node_modules/electron/dist/version'));
  await output(process.execPath, [join(ROOT, 'scripts/package.mjs'), ...(own ? [] : ['--electron=registry-copy'])]);
});

test('has all of its fuses set as SECURITY.md says', async () => {
  const wire = await getCurrentFuseWire(EXECUTABLE);
  const { version: _, ...fuses } = Object.fromEntries(
    Object.entries(wire).map(([fuse, state]) => [FuseV1Options[Number(fuse)] ?? fuse, FuseState[Number(state)] ?? state]),
  );
  const said = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8');
  const expected = Object.fromEntries([...said.matchAll(/^\| `(\w+)` \| (ENABLE|DISABLE) \|/gm)].map(([, fuse, state]) => [fuse, state]));
  // A newer Electron has fuses that an older one lacks; none may be left out of the table.
  expect(Object.keys(expected).length).toBe(9);
  expect(fuses).toEqual(Object.fromEntries(Object.entries(expected).filter(([fuse = '']) => fuse in fuses)));
  expect(Object.keys(fuses).length).toBeGreaterThanOrEqual(8);
});

test('holds the app in its archive, and nothing of how it was made', async () => {
  const files = listArchive(ARCHIVE);
  const allowed =
    /^(package\.json|out\/(main|preload|renderer)\/[^.].*|node_modules\/better-sqlite3\/(package\.json|LICENSE|lib\/.*\.js|.*\.node))$/;
  expect(files.map(({ path }) => path).filter((path) => !allowed.test(path))).toEqual([]);
  expect(files.map(({ path }) => path).filter((path) => /\.(map|ts|tsx|md)$|\/test\/|playwright|vitest/.test(path))).toEqual([]);
  const loose = filesIn([join(PACKAGE, 'resources')]).map((path) => path.slice(PACKAGE.length + 1));
  const beside = /^resources\/(demo\/demo\.(sqlite3|json)|licences\.md)$/;
  const native = /^resources\/app\.asar\.unpacked\/node_modules\/better-sqlite3\/.*\.node$/;
  expect(loose.filter((path) => path !== 'resources/app.asar' && !beside.test(path) && !native.test(path))).toEqual([]);
  expect(loose.filter((path) => native.test(path))).toHaveLength(1);
  expect(JSON.parse(readFileSync(join(ROOT, 'dist/sbom.cdx.json'), 'utf8'))).toMatchObject({ bomFormat: 'CycloneDX' });
  const archive = readFileSync(ARCHIVE);
  for (const text of [ROOT, 'sourceMappingURL']) expect(archive.includes(text), text).toBe(false);
  // What Electron compares a file with, where its platform can.
  expect(files.filter(({ path, integrity }) => !integrity && !path.endsWith('.node'))).toEqual([]);
});

/** A start in which another program tries everything that a fuse is there to refuse. */
function attack(folder: string, port: number): ChildProcess {
  const script = join(folder, 'preloaded.cjs');
  const write = (name: string) => `require('node:fs').writeFileSync(${JSON.stringify(join(folder, name))}, '')`;
  writeFileSync(script, write('by-node-options'));
  const env = {
    ...process.env,
    SESSION_INSPECTOR_DATA: join(folder, 'data'),
    ELECTRON_RUN_AS_NODE: '1',
    NODE_OPTIONS: `--require=${script}`,
  };
  return spawn(copyOf(folder), [...ARGUMENTS, `--inspect=${port}`, '-e', write('as-node')], { env, stdio: 'ignore' });
}

/** The package, with the app of somebody else beside the archive. */
function copyOf(folder: string): string {
  const copy = join(folder, 'package');
  cpSync(PACKAGE, copy, { recursive: true });
  const loose = join(copy, 'resources/app');
  mkdirSync(loose);
  writeFileSync(join(loose, 'package.json'), '{"main":"main.js"}');
  writeFileSync(join(loose, 'main.js'), `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'loose-app'))}, '')`);
  return join(copy, 'session-inspector');
}

/** One of its processes may have ended with another. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

test('cannot be made to run something else', async ({ folder }) => {
  const port = await freePort();
  const app = attack(folder, port);
  try {
    // It started, as itself: its data is there, and a page has a process.
    await eventually(async () => statSync(join(folder, 'data/activity.jsonl')));
    await expect.poll(() => processesOf(app.pid ?? 0).some((pid) => toldOf(pid).includes('--type=renderer'))).toBe(true);
    expect(await answers(port), 'a debugger').toBe(false);
  } finally {
    for (const pid of processesOf(app.pid ?? 0).toReversed()) end(pid);
  }
  expect(['by-node-options', 'as-node', 'loose-app'].filter((name) => existsSync(join(folder, name)))).toEqual([]);
});

/** Playwright needs the one fuse that is off, so it drives a copy in which that one is on and nothing else is different. */
async function start(folder: string): Promise<Readonly<{ app: ElectronApplication; milliseconds: number }>> {
  const copy = join(folder, 'driven');
  cpSync(PACKAGE, copy, { recursive: true });
  const executablePath = join(copy, 'session-inspector');
  await flipFuses(executablePath, { version: FuseVersion.V1, [FuseV1Options.EnableNodeCliInspectArguments]: true });
  const started = performance.now();
  const app = await _electron.launch({
    executablePath,
    args: ARGUMENTS,
    env: { ...(process.env as Record<string, string>), LANG: 'en_US.UTF-8', LANGUAGE: 'en', SESSION_INSPECTOR_DATA: join(folder, 'data') },
  });
  const page = await app.firstWindow();
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { app, milliseconds: Math.round(performance.now() - started) };
}

test('opens the demo and reads a session', async ({ folder }) => {
  const { app, milliseconds } = await start(folder);
  try {
    const page = await app.firstWindow();
    expect(await app.evaluate(({ app: inner }) => [inner.isPackaged, inner.getAppPath().endsWith('app.asar')])).toEqual([true, true]);
    await openDemo(page);
    const pane = await openSession(page, /Live/);
    await expect(pane.getByRole('treegrid')).toBeVisible();
    await expect(sessionGrid(page).getByRole('row').nth(1)).toBeVisible();
    const opened = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      contents?.openDevTools();
      return contents?.isDevToolsOpened();
    });
    expect(opened, 'developer tools').toBe(false);
  } finally {
    await app.close();
  }
  const bytes = filesIn([PACKAGE]).reduce((sum, path) => sum + statSync(path).size, 0);
  const megabytes = (count: number) => `${(count / 1024 ** 2).toFixed(1)} MB`;
  console.log(
    `package: ${megabytes(bytes)}, of which the app ${megabytes(statSync(ARCHIVE).size)}; window painted after ${milliseconds} ms`,
  );
});
