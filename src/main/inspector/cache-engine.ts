import type { Secrets } from '../../preload/api.ts';
import type { StoredExpiry } from '../backends/base.ts';
import { cacheKeys, openCache, openWritableCache } from '../backends/cache.ts';
import { openCachedDb } from '../backends/cached-db.ts';
import { openWritableCachedDb } from '../backends/cached-db-writes.ts';
import type { CacheSettings } from '../backends/caches.ts';
import { openCacheServer, openWritableCacheServer } from '../backends/caches.ts';
import { CACHE_KEY_PREFIXES } from '../django/cache-key.ts';
import type { SessionDocument } from '../django/document.ts';
import { formatExpireDate, parseExpireDate } from '../django/expire-date.ts';
import { floatRepr } from '../django/serializers/json/float-repr.ts';
import { InspectorError } from '../errors.ts';
import { cacheCodec } from './cache-codec.ts';
import { signedCodec } from './codec.ts';
import { expireText, openRows, renewedRow } from './db-engine.ts';
import type { Engine } from './engine.ts';
import { databaseSettings, separateUsers } from './engine-databases.ts';
import { expiryAge } from './expiry.ts';
import { microseconds, type Site } from './site.ts';

export async function openCacheEngine(site: Site, secrets: Secrets, signal: AbortSignal): Promise<Engine> {
  const settings = cacheSettings(site, secrets);
  const keys = cacheKeys({ ...site.profile.CACHES, cache_key_prefix: site.profile.cache_key_prefix || CACHE_KEY_PREFIXES.cache });
  const writable = site.profile.readOnly ? null : openWritableCache(await openWritableCacheServer(settings, signal), keys);
  const store = writable ?? openCache(await openCacheServer(settings, signal), keys);
  const { users, close } = await separateUsers(site, secrets, signal);
  return {
    store,
    writable,
    codec: cacheCodec(site),
    twinCodec: null,
    users,
    notes: users.notes,
    renewed: (document) => renewedEntry(site, document),
    close: async () => {
      await store.close();
      await close();
    },
  };
}

export async function openCachedDbEngine(site: Site, secrets: Secrets, signal: AbortSignal): Promise<Engine> {
  const settings = cacheSettings(site, secrets);
  const keys = cacheKeys({ ...site.profile.CACHES, cache_key_prefix: site.profile.cache_key_prefix || CACHE_KEY_PREFIXES.cached_db });
  const options = { keys, remaining: (expiry: EntryExpiry) => remaining(site, expiry) };
  const rows = await openRows(site, secrets, signal);
  const reach = (during: AbortSignal) => openWritableCacheServer(settings, during);
  const writable = rows.writable === null ? null : await openWritableCachedDb(rows.writable, reach, options, signal);
  const store = writable ?? (await openCachedDb(rows.store, (during) => openCacheServer(settings, during), options, signal));
  return {
    store,
    writable,
    codec: signedCodec(site),
    twinCodec: cacheCodec(site),
    users: rows.users,
    notes: rows.notes,
    renewed: (document) => renewedRow(site, document),
    close: () => store.close(),
  };
}

/** CACHES[SESSION_CACHE_ALIAS] and its passwords as the backends take them. */
export function cacheSettings(site: Site, secrets: Secrets): CacheSettings {
  const codec = cacheCodec(site);
  return {
    ...site.profile.CACHES,
    ...(secrets.CACHE_PASSWORD === undefined ? {} : { password: secrets.CACHE_PASSWORD }),
    ...(secrets.SENTINEL_PASSWORD === undefined ? {} : { sentinelPassword: secrets.SENTINEL_PASSWORD }),
    database: databaseSettings(site.profile, secrets),
    expireText: (milliseconds) => expireText(site, milliseconds),
    isSession: (stored) => codec.decode({ stored }).document?.view(1).type === 'dict',
  };
}

type EntryExpiry = Extract<StoredExpiry, { source: 'ttl' | 'cache' }>;

/** cache.set(key, data, get_expiry_age()). django/contrib/sessions/backends/cache.py save() @throws InspectorError BadValue */
function renewedEntry(site: Site, document: SessionDocument): EntryExpiry {
  const seconds = expiryAge(site, document);
  if (seconds <= 0) {
    throw new InspectorError('BadValue', 'A cache removes at once what has no time left', {
      hint: 'Delete the session, or give it some time.',
    });
  }
  const end = site.now() / 1000 + seconds;
  switch (site.profile.CACHES.BACKEND) {
    case 'DatabaseCache':
      // django/core/cache/backends/db.py _base_set(): microseconds are dropped
      return { source: 'cache', text: formatExpireDate(BigInt(Math.floor(end)) * 1_000_000n, site.expiry) };
    case 'FileBasedCache':
      return { source: 'cache', text: floatRepr(end) };
    default:
      return { source: 'ttl', milliseconds: Math.round(seconds * 1000) };
  }
}

/** Milliseconds until a cache entry ends, negative where it has; null = never. */
function remaining(site: Site, expiry: EntryExpiry): number | null {
  if (expiry.source === 'ttl') return expiry.milliseconds;
  if (expiry.text === null) return null;
  if (site.profile.CACHES.BACKEND === 'FileBasedCache') return Number(expiry.text) * 1000 - site.now();
  const { moment } = parseExpireDate(expiry.text, site.expiry);
  return moment === null ? null : Number(moment - microseconds(site.now())) / 1000;
}
