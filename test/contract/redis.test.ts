import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { djangoRedis, redisConfig, redisPlace } from './redis-places.ts';
import { makeCertificates } from './servers/certificates.ts';
import { type RedisServer, startCluster, startRedis, startSentinels } from './servers/redis.ts';
import { sessionStoreContract } from './suite.ts';

let folder: string;
let certificates: Awaited<ReturnType<typeof makeCertificates>>;
const servers: RedisServer[] = [];
const started = async (server: Promise<RedisServer>) => {
  servers.push(await server);
  return server;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspector-tls-'));
  certificates = await makeCertificates(folder);
});
afterAll(async () => {
  for (const { server } of servers) await server.stop();
  await rm(folder, { recursive: true, force: true });
});

sessionStoreContract('cache on Redis', async () => {
  const redis = await started(startRedis());
  return redisPlace(redisConfig(`redis://127.0.0.1:${redis.port}/0`), djangoRedis(`redis://127.0.0.1:${redis.port}/0`), [redis]);
});

sessionStoreContract('cache on Redis over a Unix socket, in database 3', async () => {
  const socket = join(folder, 'redis.sock');
  const redis = await started(startRedis({ args: ['--unixsocket', socket], cliArgs: ['-n', '3'] }));
  return redisPlace(redisConfig(`unix://${socket}?db=3`), djangoRedis(`unix://${socket}?db=3`), [redis]);
});

sessionStoreContract('cache on Redis over TLS, as an ACL user', async () => {
  const { ca, cert, key } = certificates;
  const args = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', ca, '--tls-auth-clients', 'no'];
  const redis = await started(startRedis({ args, tls: ca }));
  await redis.cli(
    'ACL',
    'SETUSER',
    'inspector',
    'on',
    '>p:ss/w@rd',
    '~*',
    '+@read',
    '+@write',
    '+@scripting',
    '+@connection',
    '+@keyspace',
    '-@dangerous',
  );
  const url = `rediss://inspector:${encodeURIComponent('p:ss/w@rd')}@localhost:${redis.port}/0`;
  return redisPlace(redisConfig(url, { TLS_CA: ca }), djangoRedis(`${url}?ssl_ca_certs=${ca}`), [redis]);
});

sessionStoreContract('cache on a Redis Cluster', async () => {
  const nodes = await startCluster();
  servers.push(...nodes);
  const address = `127.0.0.1:${nodes[0]?.port}`;
  return redisPlace(redisConfig(address, { TOPOLOGY: 'cluster' }), { BACKEND: 'cluster_cache.ClusterCache', LOCATION: address }, nodes);
});

sessionStoreContract('cache on Redis behind Sentinels', async () => {
  const group = await startSentinels('sessions');
  servers.push(...group.sentinels, group.replica, group.master);
  const SENTINELS = group.sentinels.map(({ port }) => ['127.0.0.1', port]);
  const cache = djangoRedis('redis://sessions/0', { CLIENT_CLASS: 'django_redis.client.SentinelClient', SENTINELS, SENTINEL_KWARGS: {} });
  // Django reads from the replica, which lags behind: here it reads what it wrote.
  const readsMaster = { ...cache, LOCATION: ['redis://sessions/0?is_master=1'] };
  const LOCATION = group.sentinels.map(({ port }) => `127.0.0.1:${port}`);
  return redisPlace(redisConfig(LOCATION, { TOPOLOGY: 'sentinel', SENTINEL_MASTER: 'sessions' }), readsMaster, [group.master], {
    DJANGO_REDIS_CONNECTION_FACTORY: 'django_redis.pool.SentinelConnectionFactory',
  });
});
