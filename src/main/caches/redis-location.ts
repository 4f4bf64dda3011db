import { InspectorError } from '../errors.ts';

/** One server of LOCATION. User, password and db are null where the URL has none. */
export type RedisAddress = Readonly<
  { user: string | null; password: string | null; db: number | null; tls: boolean } & (
    | { kind: 'tcp'; host: string; port: number }
    | { kind: 'unix'; path: string }
  )
>;

const DEFAULT_PORT = 6379;

/**
 * Reads what Django's RedisCache and django-redis take as LOCATION, as redis-py's from_url() does: `redis://`, `rediss://`
 * and `unix://` URLs (db in the path or the query), and, as people paste it, `host:port` or `unix:/path`.
 * @throws InspectorError ImproperlyConfigured; the text is not repeated, as it may hold a password
 */
export function parseRedisLocation(location: string, defaultPort: number = DEFAULT_PORT): RedisAddress {
  const text = location.trim();
  const url = parseUrl(/^\w+:\//.test(text) ? text : `redis://${text}`);
  const user = decoded(url.username);
  const password = decoded(url.password) ?? url.searchParams.get('password');
  const common = { user: user ?? url.searchParams.get('username'), password };
  switch (url.protocol) {
    case 'unix:':
      return { ...common, kind: 'unix', path: decodeURIComponent(url.pathname), db: dbOf(url.searchParams.get('db')), tls: false };
    case 'redis:':
    case 'rediss:': {
      const host = decodeURIComponent(url.hostname.replace(/^\[(.*)\]$/, '$1')) || 'localhost';
      const db = dbOf(url.searchParams.get('db') ?? url.pathname.replaceAll('/', ''));
      return { ...common, kind: 'tcp', host, port: Number(url.port || defaultPort), db, tls: url.protocol === 'rediss:' };
    }
    default:
      throw new InspectorError('ImproperlyConfigured', `LOCATION begins with ${url.protocol}`, {
        hint: 'Redis takes redis://, rediss:// (TLS) and unix:// addresses, or host:port.',
      });
  }
}

function parseUrl(text: string): URL {
  try {
    // A URL with a user needs a host, which a socket has not.
    return new URL(text.replace(/^(unix:\/\/[^/]*@)\//, '$1localhost/'));
  } catch (cause) {
    throw new InspectorError('ImproperlyConfigured', 'A LOCATION cannot be read as a Redis address', {
      hint: 'Write redis://host:port/db; in a password, percent-encode what is no letter or digit.',
      cause,
    });
  }
}

function decoded(part: string): string | null {
  return part === '' ? null : decodeURIComponent(part);
}

/** redis-py takes a path that is no number for database 0. */
function dbOf(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

/** For messages: no user, no password. */
export function addressText(address: RedisAddress): string {
  if (address.kind === 'unix') return address.path;
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
