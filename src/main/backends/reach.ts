/** The layers below a driver, one by one: what a name means, and whether anything listens there. For the test of a connection. */
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { sql } from 'kysely';
import { memcachedServers } from '../caches/memcached.ts';
import { addressesOf } from '../caches/redis-options.ts';
import type { Database } from '../databases/database.ts';
import { canceled, networkError } from '../databases/network.ts';
import { InspectorError } from '../errors.ts';
import type { CacheSettings } from './caches.ts';
import type { EngineSettings } from './databases.ts';

export type Address = Readonly<{ kind: 'tcp'; host: string; port: number } | { kind: 'unix'; path: string }>;

/** Milliseconds until a server that does not answer is given up. */
const TIME = 5000;

/** Where a database's server listens; none for a file. */
export function databaseAddresses({ ENGINE, UNIX_SOCKET, HOST, PORT }: EngineSettings): readonly Address[] {
  if (ENGINE === 'sqlite3') return [];
  const port = PORT ?? (ENGINE === 'postgresql' ? 5432 : 3306);
  const socket = UNIX_SOCKET || (HOST.startsWith('/') ? HOST : '');
  if (socket === '') return [{ kind: 'tcp', host: HOST || 'localhost', port }];
  // PostgreSQL is given the socket's folder.
  const isFolder = ENGINE === 'postgresql' && !/\.s\.PGSQL\.\d+$/.test(socket);
  return [{ kind: 'unix', path: isFolder ? `${socket}/.s.PGSQL.${port}` : socket }];
}

/** Where the servers of a cache listen; none for tables and folders. @throws InspectorError ImproperlyConfigured */
export function cacheAddresses(settings: CacheSettings): readonly Address[] {
  switch (settings.BACKEND) {
    case 'RedisCache':
    case 'django_redis': {
      const all = addressesOf(settings);
      // Of several, a single server is the first: Django writes there.
      return (settings.TOPOLOGY === 'single' ? all.slice(0, 1) : all).map(plain);
    }
    case 'PyMemcacheCache':
    case 'PyLibMCCache':
    case 'MemcachedCache':
      return memcachedServers(settings.LOCATION).map(plain);
    case 'DatabaseCache':
    case 'FileBasedCache':
      return [];
    default:
      return settings.BACKEND satisfies never;
  }
}

function plain(address: Address): Address {
  return address.kind === 'tcp' ? { kind: 'tcp', host: address.host, port: address.port } : { kind: 'unix', path: address.path };
}

export function addressText(address: Address): string {
  if (address.kind === 'unix') return address.path;
  return isIP(address.host) === 6 ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** The addresses of a host. @throws InspectorError NameNotFound, Canceled */
export async function lookUp(host: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const found = await orCanceled(lookup(host, { all: true }), signal);
    return found.map(({ address }) => address);
  } catch (thrown) {
    throw networkError(thrown, host) ?? thrown;
  }
}

/** Opens a connection and closes it again. @throws InspectorError ConnectionRefused, Timeout, PermissionDenied, Canceled */
export async function reach(address: Address, signal: AbortSignal): Promise<void> {
  const socket = address.kind === 'unix' ? connect(address.path) : connect(address.port, address.host);
  const late = new InspectorError('Timeout', `No answer from ${addressText(address)} within ${TIME / 1000} seconds`, {
    hint: 'A firewall may drop the packets; check host and port, and whether a VPN is needed.',
  });
  const timer = setTimeout(() => socket.destroy(late), TIME);
  try {
    await orCanceled(
      new Promise<void>((resolve, reject) => {
        socket.once('connect', () => resolve());
        socket.once('error', reject);
      }),
      signal,
    );
  } catch (thrown) {
    throw networkError(thrown, addressText(address)) ?? thrown;
  } finally {
    clearTimeout(timer);
    socket.on('error', () => undefined).destroy();
  }
}

function orCanceled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = () => reject(canceled());
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', cancel));
  });
}

type Answer = Readonly<{ Variable_name: string; Value: string | null }>;

/** What encrypts this connection, as the server tells it: "TLSv1.3"; '' where nothing does, null where it does not say. */
export async function encryptionOf(database: Database, signal: AbortSignal): Promise<string | null> {
  const query =
    database.vendor === 'postgresql'
      ? sql<Answer>`select 'Ssl_version' as "Variable_name", version as "Value" from pg_stat_ssl where pid = pg_backend_pid()`
      : sql<Answer>`show session status like 'Ssl_version'`;
  try {
    const compiled = query.compile(database.build);
    const [row] = await database.rows<Answer>({ compile: () => compiled }, signal);
    return row?.Value ?? '';
  } catch (thrown) {
    if (thrown instanceof InspectorError && thrown.code !== 'Canceled') return null;
    throw thrown;
  }
}
