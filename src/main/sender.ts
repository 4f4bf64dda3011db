/** What ipc.ts knows of who calls. */
export type Sender = Readonly<{ /** the frame's document */ url: string; isMainFrame: boolean }>;

export const APP_SCHEME = 'app';
export const APP_HOST = 'inspector';
export const APP_URL = `${APP_SCHEME}://${APP_HOST}/index.html`;

/**
 * Whether a URL is the window's own page. It is parsed, never searched: `https://x/?app://inspector` is not.
 * @param developmentOrigin of the Vite server; null in everything that is packaged
 */
export function isOwnUrl(text: string, developmentOrigin: string | null): boolean {
  const url = parseUrl(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (url.protocol === `${APP_SCHEME}:`) return url.hostname === APP_HOST && url.port === '';
  return developmentOrigin !== null && url.origin === developmentOrigin;
}

/** Only the main frame of the window's own page may call. */
export function isTrustedSender(sender: Sender | null, developmentOrigin: string | null): boolean {
  return sender?.isMainFrame === true && isOwnUrl(sender.url, developmentOrigin);
}

/** What the window may load: its own files, and while developing the Vite server and its socket, and the developer tools. */
export function mayLoad(text: string, developmentOrigin: string | null): boolean {
  if (isOwnUrl(text, developmentOrigin)) return true;
  const url = parseUrl(text);
  if (url === null) return false;
  if (url.protocol === 'data:') return true;
  if (developmentOrigin === null) return false;
  return url.protocol === 'devtools:' || (url.protocol === 'ws:' && url.host === new URL(developmentOrigin).host);
}

/** The origin of the Vite server in development; null where the app is packaged, whatever the environment says. */
export function developmentOriginOf(isPackaged: boolean, rendererUrl: string | undefined): string | null {
  const url = isPackaged || rendererUrl === undefined ? null : parseUrl(rendererUrl);
  return url?.protocol === 'http:' && (url.hostname === 'localhost' || url.hostname === '127.0.0.1') ? url.origin : null;
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
