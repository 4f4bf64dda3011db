import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, dialog, nativeTheme, type Session, screen, type WebContents } from 'electron';
import type { AppFile } from './app-file.ts';
import type { MenuStrings } from './i18n/menu-strings.ts';
import { APP_URL, isOwnUrl } from './sender.ts';
import { boundsToOpen, SMALLEST, WindowState } from './window-bounds.ts';

const PRELOAD = fileURLToPath(new URL('../preload/index.cjs', import.meta.url));
/** The page's own background, so that nothing flashes before it is painted. */
const BACKGROUND = { light: '#f3f4f7', dark: '#13161b' } as const;
/** milliseconds of quiet after which the window's place is written down */
const SETTLED = 500;

export type WindowOptions = Readonly<{
  session: Session;
  /** window.json */
  file: AppFile;
  developmentOrigin: string | null;
  developerTools: boolean;
  /** the page's process ended; the window loads it again unless this answers false */
  onCrash: (reason: string) => boolean;
  log: (message: string) => void;
  /** in the language of now */
  strings: () => MenuStrings;
}>;

/** Opens the window. It shows itself once its page is painted. */
export async function openWindow(options: WindowOptions): Promise<BrowserWindow> {
  const remembered = await readState(options.file);
  const window = new BrowserWindow({
    ...boundsToOpen(remembered, workAreas()),
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    show: false,
    title: 'Session Inspector',
    backgroundColor: background(),
    webPreferences: {
      preload: PRELOAD,
      session: options.session,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      devTools: options.developerTools,
    },
  });
  if (remembered?.maximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  followTheme(window);
  rememberState(window, options.file, options.log);
  reloadAfterCrash(window, options);
  askBeforeDraftsAreLost(window, options.strings);
  await load(window, options.developmentOrigin ?? APP_URL);
  return window;
}

/** A page that is loaded anew before it has loaded once aborts this load, and is none the worse for it. */
async function load(window: BrowserWindow, url: string): Promise<void> {
  try {
    await window.loadURL(url);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_ABORTED')) throw thrown;
  }
}

/** For every page there ever is, whoever makes it: nothing leads anywhere else. */
export function confine(contents: WebContents, developmentOrigin: string | null): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  const stay = (event: Readonly<{ preventDefault(): void; url: string }>) => {
    if (!isOwnUrl(event.url, developmentOrigin)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

async function readState(file: AppFile): Promise<WindowState | null> {
  const content = await file.read();
  return WindowState.safeParse(content?.['window']).data ?? null;
}

function workAreas(): readonly Electron.Rectangle[] {
  const primary = screen.getPrimaryDisplay();
  return [primary, ...screen.getAllDisplays().filter(({ id }) => id !== primary.id)].map(({ workArea }) => workArea);
}

function background(): string {
  return nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light;
}

function followTheme(window: BrowserWindow): void {
  const follow = () => window.setBackgroundColor(background());
  nativeTheme.on('updated', follow);
  window.once('closed', () => nativeTheme.off('updated', follow));
}

function rememberState(window: BrowserWindow, file: AppFile, log: (message: string) => void): void {
  let timer: NodeJS.Timeout | undefined;
  const write = () => {
    if (window.isDestroyed()) return;
    const state = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    file
      .write(
        () => state,
        (value) => ({ window: value }),
        () => undefined,
      )
      .catch(() => log('The place of the window could not be written down'));
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(write, SETTLED);
  };
  window.on('resize', later);
  window.on('move', later);
  window.on('maximize', later);
  window.on('unmaximize', later);
  window.on('close', () => {
    clearTimeout(timer);
    write();
  });
}

function reloadAfterCrash(window: BrowserWindow, options: WindowOptions): void {
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return;
    options.log(`The window's process ended: ${reason}, code ${exitCode}`);
    if (options.onCrash(reason) && !window.isDestroyed()) window.webContents.reload();
  });
  window.on('unresponsive', () => options.log('The window does not respond'));
  window.on('responsive', () => options.log('The window responds again'));
}

/**
 * A page with drafts keeps itself from being left, which Electron otherwise does without a word: the person is asked, and
 * what was about to happen (quit, close, load anew) happens once they give the drafts up.
 */
function askBeforeDraftsAreLost(window: BrowserWindow, strings: WindowOptions['strings']): void {
  const { webContents } = window;
  const reload = () => webContents.reload();
  let leave = reload;
  let asked: 'no' | 'now' | 'given up' = 'no';
  const onQuit = () => {
    leave = () => {
      window.destroy();
      app.quit();
    };
  };
  app.on('before-quit', onQuit);
  window.once('closed', () => app.off('before-quit', onQuit));
  window.on('close', () => {
    if (leave === reload) leave = () => window.destroy();
  });
  webContents.on('did-finish-load', () => {
    asked = 'no';
  });
  webContents.on('will-prevent-unload', async (event) => {
    // To prevent what prevents: the page is left.
    if (asked === 'given up') event.preventDefault();
    if (asked !== 'no') return;
    asked = 'now';
    const { draftsTitle, draftsText, keepDrafts, loseDrafts } = strings();
    const buttons = [keepDrafts, loseDrafts];
    const options = { type: 'warning', message: draftsTitle, detail: draftsText, buttons, defaultId: 0, cancelId: 0 } as const;
    const { response } = await dialog.showMessageBox(window, options);
    asked = response === 1 ? 'given up' : 'no';
    const next = leave;
    leave = reload;
    if (response === 1 && !window.isDestroyed()) next();
  });
}
