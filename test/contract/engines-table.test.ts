import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Capabilities } from '../../src/preload/api.ts';
import type { ProfileInput, Secrets } from '../../src/preload/profile.ts';
import { open } from '../unit/main/opened.ts';
import { cacheInTable, dbOnMysql, dbOnPostgresql, dbOnSqlite, type InspectorPlace } from './inspector-places.ts';
import { type MemcachedServer, startMemcached } from './servers/memcached.ts';
import { type MysqlServer, startMysql } from './servers/mysql.ts';
import { type PostgresqlServer, startPostgresql } from './servers/postgresql.ts';
import { type RedisServer, startRedis } from './servers/redis.ts';

/**
 * docs/engines.md says what each engine can do on each server, in the words of the capabilities that it opens with. It cannot drift:
 * this fails where they differ. `UPDATE_DOCS=1` writes it anew. Versions are those of the machine that wrote it, and are not compared.
 */
const FILE = new URL('../../docs/engines.md', import.meta.url);

let folder: string;
let postgresql: PostgresqlServer;
let mysql: MysqlServer;
let redis: RedisServer;
let memcached: MemcachedServer;
const places: InspectorPlace[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspector-table-'));
  [postgresql, mysql, redis, memcached] = await Promise.all([startPostgresql(), startMysql(), startRedis(), startMemcached()]);
});
afterAll(async () => {
  for (const place of places) await place.close();
  await postgresql?.stop();
  await mysql?.stop();
  for (const one of [redis, memcached]) await one?.server.stop();
  await rm(folder, { recursive: true, force: true });
});

type Row = Readonly<{ engine: string; capabilities: Capabilities }>;

async function row(engine: string, profile: Partial<ProfileInput>, secrets: Secrets = {}): Promise<Row> {
  const opened = await open({ DJANGO_VERSION: '3.2', TIME_ZONE: 'UTC', ...profile }, secrets, Date.now);
  const { capabilities } = opened.inspector;
  await opened.close();
  return { engine, capabilities };
}

async function ofPlace(engine: string, start: Promise<InspectorPlace>, more: Partial<ProfileInput> = {}): Promise<Row> {
  const place = await start;
  places.push(place);
  return row(engine, { ...place.profile, ...more }, place.secrets);
}

async function rows(): Promise<readonly Row[]> {
  const sessions = join(folder, 'sessions');
  const cache = join(folder, 'cache');
  await mkdir(sessions);
  await mkdir(cache);
  const inRedis = { BACKEND: 'django_redis', LOCATION: [`redis://127.0.0.1:${redis.port}/0`] } satisfies ProfileInput['CACHES'];
  const inMemcached = { BACKEND: 'PyMemcacheCache', LOCATION: [`127.0.0.1:${memcached.port}`] } satisfies ProfileInput['CACHES'];
  return [
    await ofPlace('db', dbOnSqlite()),
    await ofPlace('db', dbOnPostgresql(postgresql, 'engines_table')),
    await ofPlace('db', dbOnMysql(mysql, 'engines_table')),
    await ofPlace('cached_db (Redis beside it)', dbOnSqlite(), { SESSION_ENGINE: 'cached_db', CACHES: inRedis }),
    await row('cache', { SESSION_ENGINE: 'cache', CACHES: inRedis, user_table: null }),
    await row('cache', { SESSION_ENGINE: 'cache', CACHES: inMemcached, user_table: null }),
    await ofPlace('cache (DatabaseCache)', cacheInTable()),
    await row('cache (FileBasedCache)', {
      SESSION_ENGINE: 'cache',
      CACHES: { BACKEND: 'FileBasedCache', LOCATION: [cache] },
      user_table: null,
    }),
    await row('file', { SESSION_ENGINE: 'file', SESSION_FILE_PATH: sessions, user_table: null }),
    await row('signed_cookies', { SESSION_ENGINE: 'signed_cookies' }),
  ];
}

const CLEAR = { rows: 'expired rows, in batches', files: 'expired files', 'no-ttl': 'sessions without a TTL', none: 'no' } as const;
const LIST = { paged: 'pages, in order', unordered: "pages, in the store's order", none: 'no' } as const;

function line({ engine, capabilities }: Row): string {
  const { list, sort, filterState, count, write, setExpiry, clearExpired } = capabilities;
  const cells = [
    engine,
    serverOf(capabilities),
    LIST[list],
    sort.join(', ') || 'no',
    filterState ? 'yes' : 'no',
    count,
    write ? 'yes' : 'no',
    setExpiry ? 'yes' : 'no',
    CLEAR[clearExpired],
  ];
  return `| ${cells.join(' | ')} |`;
}

function serverOf({ server }: Capabilities): string {
  if (server === undefined) return 'the browser';
  return server.startsWith('/') ? 'a folder' : server;
}

function page(all: readonly Row[]): string {
  const limits = all.map(({ engine, capabilities }) =>
    [
      `### ${engine}: ${serverOf(capabilities)}`,
      '',
      ...(capabilities.limits.length === 0 ? ['Nothing to say.'] : capabilities.limits.map((limit) => `- ${limit}`)),
    ].join('\n'),
  );
  return `# What each engine can do

Written by \`test/contract/engines-table.test.ts\` from what the engines say of themselves when they are opened on real servers, and compared
with it in every test run. Versions are those it was written with.

| SESSION_ENGINE | server | lists | sorts by | live / expired | counts | writes | set_expiry | clear_expired |
|---|---|---|---|---|---|---|---|---|
${all.map(line).join('\n')}

A read-only profile never writes, whatever the engine can. The mysql engine is tested with MariaDB; Redis also as Sentinel and Cluster, over TLS and
with ACL users; PostgreSQL, MySQL and MariaDB over TLS and Unix sockets.

## What the app says where it cannot

${limits.join('\n\n')}
`;
}

/** What differs from one release of a server to the next: versions, and what Redis 7.2 made unnecessary to say. */
function unversioned(text: string): string {
  const lines = text.split('\n').filter((text) => !text.includes('CLIENT NO-TOUCH'));
  return lines
    .join('\n')
    .replace(/\d+(\.\d+)+/g, 'x')
    .replaceAll('Valkey', 'Redis');
}

test('docs/engines.md says what the engines say', async () => {
  const made = page(await rows());
  if (process.env['UPDATE_DOCS'] !== undefined) await writeFile(FILE, made);
  const kept = await readFile(FILE, 'utf8');
  expect(unversioned(kept)).toBe(unversioned(made));
});
