import type { Profile, Secrets, TestLayer } from '../../preload/api.ts';
import { type CacheSettings, openCacheServer } from '../backends/caches.ts';
import { cacheAddresses } from '../backends/reach.ts';
import type { InspectorError } from '../errors.ts';
import { cacheSettings } from '../inspector/cache-engine.ts';
import type { Site } from '../inspector/site.ts';
import type { Chain, Passed } from './chain.ts';
import { databaseLayers, databaseSteps } from './database-steps.ts';
import { networkLayers, networkSteps } from './network-steps.ts';

type Kind = 'redis' | 'memcached' | 'table' | 'folder';

export function cacheKind({ CACHES }: Profile): Kind {
  switch (CACHES.BACKEND) {
    case 'RedisCache':
    case 'django_redis':
      return 'redis';
    case 'DatabaseCache':
      return 'table';
    case 'FileBasedCache':
      return 'folder';
    default:
      return 'memcached';
  }
}

/** The layers up to a cache whose keys can be listed, or that says why they cannot. @throws InspectorError ImproperlyConfigured */
export function cacheLayers(site: Site): readonly TestLayer[] {
  const kind = cacheKind(site.profile);
  if (kind === 'table') return [...databaseLayers(site.profile), 'table'];
  if (kind === 'folder') return ['folder'];
  const network = networkLayers(cacheAddresses(cacheSettings(site, {})));
  return [...network, 'tls', 'login', ...(kind === 'redis' ? (['database'] as const) : []), 'server', 'list'];
}

/** @throws Broken */
export async function cacheSteps(chain: Chain, site: Site, secrets: Secrets, signal: AbortSignal): Promise<void> {
  const settings = cacheSettings(site, secrets);
  const kind = cacheKind(site.profile);
  if (kind === 'table') await databaseSteps(chain, site.profile, secrets, signal);
  else if (kind !== 'folder') await networkSteps(chain, cacheAddresses(settings), signal);
  const layers: readonly TestLayer[] =
    kind === 'table'
      ? ['table']
      : kind === 'folder'
        ? ['folder']
        : ['tls', 'login', ...(kind === 'redis' ? (['database'] as const) : []), 'server', 'list'];
  await chain.open(
    layers,
    (error) => layerOf(kind, error),
    async () => {
      const cache = await openCacheServer(settings, signal);
      const { facts } = cache;
      await cache.close();
      return [undefined, kind === 'redis' || kind === 'memcached' ? serverPassed(settings, kind, facts) : placePassed(settings)];
    },
  );
}

function layerOf(kind: Kind, { code }: InspectorError): TestLayer {
  if (kind === 'table') return 'table';
  if (kind === 'folder') return 'folder';
  switch (code) {
    case 'LoginFailed':
      return 'login';
    case 'MissingDatabase':
      return kind === 'redis' ? 'database' : 'server';
    case 'PermissionDenied':
      return 'list';
    case 'TlsFailed':
    case 'FileUnreadable':
    case 'ConnectionLost':
      return 'tls';
    default:
      return 'server';
  }
}

type Facts = Awaited<ReturnType<typeof openCacheServer>>['facts'];

function serverPassed(settings: CacheSettings, kind: 'redis' | 'memcached', facts: Facts): Readonly<Partial<Record<TestLayer, Passed>>> {
  const encrypts = settings.TLS !== 'off' || settings.LOCATION[0]?.startsWith('rediss://') === true;
  const verified =
    settings.TLS === 'require' ? 'the certificate of the server is not verified' : 'the certificate of the server is verified';
  const asks = settings.USER !== '' || settings.password !== undefined;
  const unlisted = facts.limits.find((limit) => /cannot be listed/.test(limit));
  const unknown = facts.limits.find((limit) => /^INFO is refused/.test(limit));
  return {
    tls: { message: encrypts ? `The connection is encrypted; ${verified}.` : 'Off.' },
    login: {
      message: asks ? `The server lets ${settings.USER === '' ? 'this password' : settings.USER} in.` : 'The server asks for no password.',
    },
    ...(kind === 'redis'
      ? { database: { message: settings.TOPOLOGY === 'cluster' ? 'A cluster has number 0 only.' : 'The database number is there.' } }
      : {}),
    server:
      facts.server === undefined
        ? { state: 'warning', message: unknown ?? 'The server does not say what it is.' }
        : { message: serverText(settings, kind, facts.server) },
    list:
      unlisted === undefined
        ? { message: 'The keys can be listed.' }
        : { state: 'warning', message: unlisted, hint: 'Grant SCAN to the user (Redis), or start memcached with the LRU crawler on.' },
  };
}

function serverText({ TOPOLOGY }: CacheSettings, kind: 'redis' | 'memcached', server: string): string {
  if (kind === 'memcached' || TOPOLOGY === 'single') return `${server}.`;
  return TOPOLOGY === 'cluster' ? `${server}, a cluster.` : `${server}, the master that Sentinel names.`;
}

function placePassed({ BACKEND, LOCATION }: CacheSettings): Readonly<Partial<Record<TestLayer, Passed>>> {
  const [place = ''] = LOCATION;
  if (BACKEND === 'FileBasedCache') return { folder: { message: `${place} can be read.` } };
  return { table: { message: `${place} is there, with the columns of a cache.` } };
}
