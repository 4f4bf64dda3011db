import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { openCache, openWritableCache } from '../../src/main/backends/cache.ts';
import { EXPIRY_HEADER } from '../../src/main/backends/caches.ts';
import { openFileBased, openWritableFileBased } from '../../src/main/caches/filebased.ts';
import { Django } from '../django/oracle.ts';
import { folderPrint, NOW } from './db-places.ts';
import { pickled } from './pickled.ts';
import { KEYS } from './redis-places.ts';
import { sessionStoreContract } from './suite.ts';

/** At whole seconds: an entry that ends at this very moment is still live here, where rows and session files are not. */
const encode = (data: Readonly<Record<string, unknown>>, expires: number) =>
  ({ stored: deflateSync(pickled(data)), expiry: { source: 'cache', text: `${Math.floor(expires / 1000)}.0` } }) as const;

sessionStoreContract('cache in files', async () => {
  const root = await mkdtemp(join(tmpdir(), 'inspector-cache-'));
  const folder = join(root, 'cache');
  await mkdir(folder);
  const CACHES = { default: { BACKEND: 'django.core.cache.backends.filebased.FileBasedCache', LOCATION: folder } };
  const django = await Django.start({ SESSION_ENGINE: 'cache', CACHES });
  const config = { LOCATION: [folder], isSession: () => true, header: EXPIRY_HEADER };
  const store = openWritableCache(openWritableFileBased(config), KEYS);
  const readOnly = openCache(openFileBased(config), KEYS);
  const empty = async () => {
    for (const name of await readdir(folder)) await rm(join(folder, name));
  };
  const close = async () => {
    await store.close();
    await readOnly.close();
    await django.stop();
    await rm(root, { recursive: true });
  };
  return { store, readOnly, django, now: NOW, clock: 'frozen', encode, fingerprint: () => folderPrint(folder), empty, close };
});
