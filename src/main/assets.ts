import { isAbsolute, join, relative, sep } from 'node:path';
import { APP_HOST, APP_SCHEME } from './sender.ts';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
};

export type Asset = Readonly<{ path: string; type: string }>;

/**
 * The file under `root` that an app:// URL names, or null: another host, a path that leaves `root` however it is written,
 * a type that the build does not make.
 */
export function assetOf(root: string, text: string): Asset | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== `${APP_SCHEME}:` || url.hostname !== APP_HOST || url.port !== '' || url.username !== '' || url.password !== '')
    return null;
  const name = decoded(url.pathname);
  // The build makes no other names: no other system's separators, no drive letters, no NULs.
  if (name === null || !/^[\w./@-]+$/.test(name)) return null;
  const path = join(root, name);
  const inside = relative(root, path);
  if (inside === '' || inside.split(sep)[0] === '..' || isAbsolute(inside)) return null;
  const type = TYPES[/\.([a-z0-9]+)$/.exec(name)?.[1] ?? ''];
  return type === undefined ? null : { path, type };
}

function decoded(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null;
  }
}

/**
 * What the page may do. In development Vite puts its reload client and styles into the page, so those two directives are
 * wider there; nothing packaged ever has them.
 * @param developmentOrigin of the Vite server, or null
 */
export function contentSecurityPolicy(developmentOrigin: string | null): string {
  const own = developmentOrigin === null ? "'self'" : "'self' 'unsafe-inline'";
  const connect = developmentOrigin === null ? "'self'" : `'self' ${developmentOrigin} ${developmentOrigin.replace(/^http/, 'ws')}`;
  return [
    "default-src 'none'",
    `script-src ${own}`,
    `style-src ${own}`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}

export function securityHeaders(developmentOrigin: string | null): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(developmentOrigin),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  };
}
