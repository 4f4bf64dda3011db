import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import { assetOf, securityHeaders } from './assets.ts';
import { APP_SCHEME, mayLoad } from './sender.ts';

/** Before the app is ready: app:// is an origin of its own, with everything that a secure page may have and no more. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** Serves the built page from `root`, with its policy on every answer. */
export function serveApp(session: Session, root: string): void {
  const headers = securityHeaders(null);
  session.protocol.handle(APP_SCHEME, async (request) => {
    const asset = request.method === 'GET' ? assetOf(root, request.url) : null;
    if (asset === null) return new Response(null, { status: 404, headers });
    try {
      return new Response(new Uint8Array(await readFile(asset.path)), { headers: { ...headers, 'Content-Type': asset.type } });
    } catch {
      return new Response(null, { status: 404, headers });
    }
  });
}

/** No network: the window loads its own files and nothing else, whatever a page or Chromium asks for. */
export function blockNetwork(session: Session, developmentOrigin: string | null): void {
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !mayLoad(url, developmentOrigin) }));
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  // Off is not enough: Chromium fetches the dictionaries of the languages it has all the same.
  session.setSpellCheckerLanguages([]);
  session.on('will-download', (event) => event.preventDefault());
  if (developmentOrigin === null) return;
  session.webRequest.onHeadersReceived(({ responseHeaders }, answer) =>
    answer({ responseHeaders: { ...responseHeaders, ...securityHeaders(developmentOrigin) } }),
  );
}
