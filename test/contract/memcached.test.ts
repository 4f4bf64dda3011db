import { afterAll } from 'vitest';
import { memcachedPlace } from './memcached-places.ts';
import { type MemcachedServer, startMemcached } from './servers/memcached.ts';
import { sessionStoreContract } from './suite.ts';

const servers: MemcachedServer[] = [];
afterAll(async () => {
  for (const { server } of servers) await server.stop();
});

sessionStoreContract('cache on two memcached servers', async () => {
  servers.push(await startMemcached(), await startMemcached());
  return memcachedPlace(servers);
});
