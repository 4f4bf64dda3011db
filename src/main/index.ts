import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, clipboard, dialog, nativeTheme, type OpenDialogOptions, type Session, session, shell } from 'electron';
import type { AppInfo, ErrorView, Settings } from '../preload/api.ts';
import { AppFile } from './app-file.ts';
import { forkConnection } from './connection.ts';
import { Connection, PATIENCE } from './connection-client.ts';
import type { ConnectionsOptions } from './connections.ts';
import { type Core, openCore } from './core.ts';
import type { Shell } from './handlers.ts';
import { type Language, languageOf, menuStrings } from './i18n/menu-strings.ts';
import { emitTo, serveBridge } from './ipc.ts';
import { type Log, openLog } from './log.ts';
import { showMenu } from './menu.ts';
import { blockNetwork, registerScheme, serveApp } from './protocol.ts';
import type { Sealer } from './secret-store.ts';
import { openSealer } from './secrets.ts';
import { developmentOriginOf } from './sender.ts';
import { networkSwitches } from './switches.ts';
import { confine, openWindow } from './window.ts';

/** A page that ends this often within this many milliseconds is not loaded again. */
const CRASHES = { count: 3, within: 60_000 } as const;

const developmentOrigin = developmentOriginOf(app.isPackaged, process.env['ELECTRON_RENDERER_URL']);
const developerTools = !app.isPackaged;
const windows = () => BrowserWindow.getAllWindows();
const emit = emitTo(windows);

/** A folder of one's own: for tests, and for a second set of profiles beside the first. Before the lock, which lies in it. */
function chooseDataFolder(): string {
  const given = process.env['SESSION_INSPECTOR_DATA'] || app.commandLine.getSwitchValue('user-data-dir');
  const folder = given === '' ? app.getPath('userData') : resolve(given);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  app.setPath('userData', folder);
  app.setAppLogsPath(join(folder, 'logs'));
  return folder;
}

function switchNetworkOff(): void {
  for (const [name, value] of networkSwitches(developmentOrigin !== null)) {
    const given = name === 'disable-features' ? app.commandLine.getSwitchValue(name) : '';
    app.commandLine.appendSwitch(name, given === '' ? value : `${given},${value}`);
  }
}

/** In memory: whatever Chromium caches of what the window shows, sessions of other people among it, ends with the run. */
function windowSession(): Session {
  return session.fromPartition('window', { cache: false });
}

function connector(log: Log): ConnectionsOptions['connect'] {
  return (options, signal) => Connection.open(forkConnection(), { ...options, log: log.error, patience: PATIENCE }, signal);
}

function personOf(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

function infoOf(folder: string, sealer: Sealer): Omit<AppInfo, 'settings' | 'notices'> {
  const { electron = '', chrome = '', node } = process.versions;
  return {
    version: app.getVersion(),
    runtime: { electron, chrome, node },
    platform: process.platform,
    dataFolder: folder,
    secrets: { keeping: sealer.keeping, backend: sealer.backend },
    languages: app.getPreferredSystemLanguages(),
  };
}

const CHOICES: Readonly<Record<'database' | 'folder' | 'file', OpenDialogOptions>> = {
  database: {
    properties: ['openFile', 'showHiddenFiles'],
    filters: [
      { name: 'SQLite', extensions: ['sqlite3', 'sqlite', 'db', 'db3'] },
      { name: '*', extensions: ['*'] },
    ],
  },
  folder: { properties: ['openDirectory', 'showHiddenFiles'] },
  file: { properties: ['openFile', 'showHiddenFiles'] },
};

async function choosePath(what: 'database' | 'folder' | 'file'): Promise<string | null> {
  const window = BrowserWindow.getFocusedWindow() ?? windows()[0];
  const { canceled, filePaths } = await (window === undefined
    ? dialog.showOpenDialog(CHOICES[what])
    : dialog.showOpenDialog(window, CHOICES[what]));
  return canceled ? null : (filePaths[0] ?? null);
}

function languageNow({ language }: Settings): Language {
  return languageOf(language, app.getPreferredSystemLanguages());
}

function applySettings(settings: Settings, folder: string): void {
  nativeTheme.themeSource = settings.theme;
  showMenu({
    language: languageNow(settings),
    developerTools,
    command: (command) => emit('menu', { command }),
    openDataFolder: () => void shell.openPath(folder),
  });
}

/** Decides whether a crashed page is loaded again, and tells the next one why. */
function crashWatch(notices: ErrorView[]): () => boolean {
  const times: number[] = [];
  return () => {
    const now = Date.now();
    times.push(now);
    if (times.filter((time) => now - time < CRASHES.within).length >= CRASHES.count) {
      dialog.showErrorBox(
        'Session Inspector',
        'The window ended unexpectedly several times and is not opened again. The log file has the details.',
      );
      app.quit();
      return false;
    }
    notices.push({
      code: 'ProcessGone',
      message: 'The window ended unexpectedly and was opened again',
      hint: 'Open connections and jobs went on.',
    });
    return true;
  };
}

async function start(folder: string, log: Log): Promise<void> {
  const sealer = await openSealer();
  const options = { folder, demo: demoFolder(), sealer, connect: connector(log), emit, now: Date.now, randomBytes, by: personOf() };
  const core = await openCore(options);
  const notices: ErrorView[] = [...core.notices];
  for (const { message } of notices) log.error(message);
  const ownShell: Shell = {
    info: infoOf(folder, sealer),
    notices: () => notices,
    writeClipboard: (text) => clipboard.writeText(text),
    choosePath,
    settingsChanged: (settings) => applySettings(settings, folder),
  };
  const onDefect = (thrown: unknown) => log.error('A call failed unexpectedly', thrown);
  serveBridge({ handlers: core.handlers(ownShell), developmentOrigin, windows, onDefect });
  for (const each of [session.defaultSession, windowSession()]) blockNetwork(each, developmentOrigin);
  serveApp(windowSession(), fileURLToPath(new URL('../renderer', import.meta.url)));
  applySettings(core.settings.get(), folder);
  const file = new AppFile({ path: join(folder, 'window.json'), schema: 1, now: Date.now });
  const onCrash = crashWatch(notices);
  const strings = () => menuStrings(languageNow(core.settings.get()));
  const show = async () =>
    void (await openWindow({ session: windowSession(), file, developmentOrigin, developerTools, onCrash, log: log.info, strings }));
  app.on('activate', () => {
    if (windows().length === 0) show().catch((thrown) => log.error('The window could not be opened', thrown));
  });
  closeBeforeQuit(core);
  await show();
}

/** Connections finish what they are writing, within PATIENCE, before the app goes. */
function closeBeforeQuit(core: Core): void {
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    core
      .close()
      .catch(() => undefined)
      .finally(() => {
        closed = true;
        app.quit();
      });
  });
}

function demoFolder(): string {
  return app.isPackaged ? join(process.resourcesPath, 'demo') : fileURLToPath(new URL('../../resources/demo', import.meta.url));
}

function showExistingWindow(): void {
  const [window] = windows();
  if (window?.isMinimized()) window.restore();
  window?.focus();
}

function main(): void {
  // Root on Linux can only start without the system's sandbox, and this call would bring it back for the children alone.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  registerScheme();
  switchNetworkOff();
  const folder = chooseDataFolder();
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  const log = openLog(folder);
  process.on('uncaughtException', (thrown) => log.error('Uncaught', thrown));
  process.on('unhandledRejection', (thrown) => log.error('Unhandled', thrown));
  app.on('second-instance', showExistingWindow);
  app.on('web-contents-created', (_event, contents) => confine(contents, developmentOrigin));
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => log.info(`${type} process ended: ${reason}, code ${exitCode}`));
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app
    .whenReady()
    .then(() => start(folder, log))
    .catch((thrown: unknown) => {
      log.error('The app could not start', thrown);
      dialog.showErrorBox('Session Inspector', `The app could not start: ${thrown instanceof Error ? thrown.message : 'unknown failure'}`);
      app.exit(1);
    });
}

main();
