/** What the driver is told, from the profile's words. Fail, do not hang; never reconnect or resend by itself. */
import { InspectorError } from '../errors.ts';
import { parseRedisLocation, type RedisAddress } from './redis-location.ts';
import { type TlsConfig, tlsOptions } from './tls-options.ts';

/** CACHES[SESSION_CACHE_ALIAS] as far as Redis needs it, with its secrets. */
export type RedisConfig = Readonly<{
  LOCATION: readonly string[];
  TOPOLOGY: 'single' | 'sentinel' | 'cluster';
  SENTINEL_MASTER: string;
  SENTINEL_USER: string;
  USER: string;
  DB: number | null;
  password?: string;
  sentinelPassword?: string;
  /** milliseconds until an unanswered call is given up; default 10 000 */
  timeout?: number;
}> &
  TlsConfig;

const CONNECT_TIMEOUT = 5000;

/** The servers of LOCATION; of a Sentinel topology, the Sentinels. @throws InspectorError ImproperlyConfigured */
export function addressesOf({ LOCATION, TOPOLOGY }: RedisConfig): readonly [RedisAddress, ...RedisAddress[]] {
  const [first, ...others] = LOCATION.map((location) => parseRedisLocation(location, TOPOLOGY === 'sentinel' ? 26_379 : 6379));
  if (first !== undefined) return [first, ...others];
  throw new InspectorError('ImproperlyConfigured', 'LOCATION is empty', { hint: 'Enter the address of the Redis server.' });
}

/** @param first of LOCATION: user, password and rediss:// may stand there */
function common(config: RedisConfig, first: RedisAddress) {
  const user = config.USER || (first.user ?? '');
  const password = config.password ?? first.password ?? undefined;
  return {
    lazyConnect: true,
    // RESP2 needs no HELLO, which servers before 6.0 do not know.
    protocol: 2 as const,
    // The ready check asks INFO, which a user need not be allowed to.
    enableReadyCheck: false,
    disableClientInfo: true,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // Ends before the call does that waits for it, so that it can say what it waited for.
    connectTimeout: Math.min(CONNECT_TIMEOUT, (config.timeout ?? 2 * CONNECT_TIMEOUT) / 2),
    ...(user === '' ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    ...(isTls(config, first) ? { tls: tlsOptions(config, first.kind === 'tcp' ? first.host : '') } : {}),
  };
}

/** rediss:// alone means what redis-py takes it for: the certificate is verified. */
export function isTls(config: RedisConfig, first: RedisAddress): boolean {
  return config.TLS !== 'off' || first.tls;
}

export function singleOptions(config: RedisConfig) {
  const [first] = addressesOf(config);
  const place = first.kind === 'unix' ? { path: first.path } : { host: first.host, port: first.port };
  return { ...common(config, first), ...place, retryStrategy: () => null };
}

export function sentinelOptions(config: RedisConfig) {
  const addresses = addressesOf(config);
  const { SENTINEL_MASTER, SENTINEL_USER, sentinelPassword } = config;
  const [first] = addresses;
  return {
    ...common(config, first),
    retryStrategy: () => null,
    sentinels: hostsOf(addresses),
    name: SENTINEL_MASTER,
    sentinelRetryStrategy: () => null,
    sentinelCommandTimeout: CONNECT_TIMEOUT,
    updateSentinels: false,
    ...(SENTINEL_USER === '' ? {} : { sentinelUsername: SENTINEL_USER }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(isTls(config, first) ? { enableTLSForSentinelMode: true, sentinelTLS: tlsOptions(config, '') } : {}),
  };
}

export function clusterOptions(config: RedisConfig) {
  const addresses = addressesOf(config);
  const [first] = addresses;
  return {
    nodes: hostsOf(addresses),
    options: {
      lazyConnect: true,
      enableReadyCheck: false,
      clusterRetryStrategy: () => null,
      slotsRefreshTimeout: CONNECT_TIMEOUT,
      // A certificate names hosts, so that names are not to be resolved beforehand.
      ...(isTls(config, first)
        ? { dnsLookup: (address: string, answer: (error: null, address: string) => void) => answer(null, address) }
        : {}),
      redisOptions: common(config, first),
    },
  };
}

function hostsOf(addresses: readonly RedisAddress[]): Array<{ host: string; port: number }> {
  return addresses.flatMap((address) => (address.kind === 'tcp' ? [{ host: address.host, port: address.port }] : []));
}
