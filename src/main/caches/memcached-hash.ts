import { crc32 } from 'node:zlib';

/** Which client library the site uses: each spreads keys over several servers in its own way. */
export type MemcachedBackend = 'PyMemcacheCache' | 'PyLibMCCache' | 'MemcachedCache';

/**
 * The server where the site's client looks for a key; null where that is not known (pylibmc: its hash and distribution
 * are options of libmemcached), so that every server has to be asked.
 * @param servers as the client names them: host:port, or the socket's path
 */
export function serverOf(backend: MemcachedBackend, servers: readonly string[], key: string): number | null {
  if (servers.length === 1) return 0;
  switch (backend) {
    case 'PyMemcacheCache':
      return rendezvous(servers, key);
    case 'MemcachedCache':
      // python-memcached's cmemcache_hash(), then its bucket; it tries others only where that server is down.
      return ((crc32(Buffer.from(key, 'utf8')) >>> 16) & 0x7fff || 1) % servers.length;
    case 'PyLibMCCache':
      return null;
    default:
      return backend satisfies never;
  }
}

/** pymemcache/client/rendezvous.py get_node(): the highest murmur3 of "node-key"; of equal ones the greater name. */
function rendezvous(servers: readonly string[], key: string): number {
  const scores = servers.map((server) => murmur3(`${server}-${key}`));
  const best = Math.max(...scores);
  const [winner = 0, ...ties] = scores.flatMap((score, index) => (score === best ? [index] : []));
  return ties.reduce((a, b) => ((servers[b] ?? '') > (servers[a] ?? '') ? b : a), winner);
}

/** pymemcache/client/murmur3.py murmur3_32(): over the low bytes of the characters, not over UTF-8. */
export function murmur3(text: string): number {
  const data = Array.from(text, (character) => (character.codePointAt(0) ?? 0) & 0xff);
  const blocks = data.length & ~3;
  let hash = 0;
  for (let i = 0; i < blocks; i += 4) {
    const k = (data[i] ?? 0) | ((data[i + 1] ?? 0) << 8) | ((data[i + 2] ?? 0) << 16) | ((data[i + 3] ?? 0) << 24);
    hash = rotate(hash ^ mix(k), 13);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = data.length - 1; i >= blocks; i -= 1) tail = (tail << 8) | (data[i] ?? 0);
  if (data.length > blocks) hash ^= mix(tail);
  hash ^= data.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mix(k: number): number {
  return Math.imul(rotate(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
