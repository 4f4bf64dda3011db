import { openCache, openWritableCache } from '../../src/main/backends/cache.ts';
import { type MemcachedConfig, openMemcached } from '../../src/main/caches/memcached.ts';
import { openWritableMemcached } from '../../src/main/caches/memcached-writes.ts';
import { Django } from '../django/oracle.ts';
import { encodeTtl, forever, KEYS } from './redis-places.ts';
import type { MemcachedServer } from './servers/memcached.ts';
import type { ContractPlace } from './suite.ts';

const BASE = { BACKEND: 'PyMemcacheCache', USER: '', TLS: 'off', TLS_CA: '', TLS_CERT: '', TLS_KEY: '' } as const;

export function memcachedConfig(servers: readonly MemcachedServer[], more: Partial<MemcachedConfig> = {}): MemcachedConfig {
  return { ...BASE, LOCATION: servers.map(({ port }) => `127.0.0.1:${port}`), ...more };
}

export function djangoMemcached(servers: readonly MemcachedServer[]) {
  return { BACKEND: 'django.core.cache.backends.memcached.PyMemcacheCache', LOCATION: servers.map(({ port }) => `127.0.0.1:${port}`) };
}

export async function memcachedPlace(servers: readonly MemcachedServer[]): Promise<ContractPlace> {
  const config = memcachedConfig(servers);
  const django = await Django.start({ SESSION_ENGINE: 'cache', CACHES: { default: djangoMemcached(servers) } });
  const store = openWritableCache(await openWritableMemcached(config, forever), KEYS);
  const readOnly = openCache(await openMemcached(config, forever), KEYS);
  const close = async () => {
    await store.close();
    await readOnly.close();
    await django.stop();
  };
  const empty = async () => {
    for (const server of servers) await server.empty();
  };
  const fingerprint = () => Promise.all(servers.map((server) => server.print()));
  const encode = (data: Readonly<Record<string, unknown>>, expires: number) => ({ ...encodeTtl(data, expires), flags: 1 });
  return { store, readOnly, django, now: Date.now(), clock: 'server', encode, fingerprint, empty, close };
}
