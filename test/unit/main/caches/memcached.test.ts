import { describe, expect, test } from 'vitest';
import {
  checkKey,
  encodeCommand,
  metaDelete,
  metaGet,
  metaSet,
  READ_ONLY,
  WRITE_COMMANDS,
  writtenOut,
} from '../../../../src/main/caches/memcached-commands.ts';
import { parseMemcachedLocation } from '../../../../src/main/caches/memcached-connection.ts';
import { murmur3, serverOf } from '../../../../src/main/caches/memcached-hash.ts';

describe('LOCATION of memcached', () => {
  test.each([
    ['127.0.0.1:11212', { kind: 'tcp', host: '127.0.0.1', port: 11_212 }],
    ['cache.example.org', { kind: 'tcp', host: 'cache.example.org', port: 11_211 }],
    ['[::1]:11213', { kind: 'tcp', host: '::1', port: 11_213 }],
    ['inet:localhost:11214', { kind: 'tcp', host: 'localhost', port: 11_214 }],
    ['unix:/tmp/memcached.sock', { kind: 'unix', path: '/tmp/memcached.sock' }],
    ['/tmp/memcached.sock', { kind: 'unix', path: '/tmp/memcached.sock' }],
  ])('%s', (location, address) => {
    expect(parseMemcachedLocation(location)).toEqual(address);
  });

  test.each(['', 'a b', 'http://x', 'host:port'])('%j is refused', (location) => {
    expect(() => parseMemcachedLocation(location)).toThrowError(expect.objectContaining({ code: 'ImproperlyConfigured' }));
  });
});

describe('which server has a key', () => {
  // Answers of pymemcache 3.5.2: murmur3_32(text) and RendezvousHash.get_node().
  test.each([
    ['', 0],
    ['a', 1009084850],
    ['ab', 2613040991],
    ['abc', 3017643002],
    ['abcd', 1139631978],
    ['127.0.0.1:11211-:1:django.contrib.sessions.cacheabcdef', 3026683886],
    ['käse-ü', 645775790],
  ])('murmur3 of %j', (text, hash) => {
    expect(murmur3(text)).toBe(hash);
  });

  test('python-memcached takes the crc32 of the key', () => {
    const servers = ['a:1', 'b:1', 'c:1'];
    // ((binascii.crc32(key) & 0xffffffff) >> 16 & 0x7fff or 1) % 3
    expect(['key', 'other', ':1:x'].map((key) => serverOf('MemcachedCache', servers, key))).toEqual([1, 0, 0]);
    expect(serverOf('PyLibMCCache', servers, 'key')).toBeNull();
    expect(serverOf('PyLibMCCache', ['a:1'], 'key')).toBe(0);
  });
});

describe('commands', () => {
  test('no write command is on the list of a read-only profile', () => {
    for (const name of WRITE_COMMANDS) expect(READ_ONLY.has(name)).toBe(false);
    expect([...READ_ONLY]).toEqual(['lru_crawler metadump', 'mg', 'stats', 'version']);
  });

  test('as bytes and as text', () => {
    expect(encodeCommand(metaGet('k')).toString()).toBe('mg k v f t c\r\n');
    expect(encodeCommand(metaDelete('k', '7')).toString()).toBe('md k C7\r\n');
    expect(encodeCommand(metaSet('k', Buffer.from('ab'), 1, '60', '7')).toString()).toBe('ms k 2 C7 F1 T60\r\nab\r\n');
    expect(writtenOut(metaSet('k', Buffer.from([0x80, 0x0a, 0x5c]), 1, '0', null))).toBe('ms k 3 ME F1 T0\n\\x80\\x0a\\x5c');
  });

  test('keys that would end a line or a word are refused', () => {
    for (const key of ['', 'a b', 'a\r\nflush_all', '\u0000', '\u007f', 'k'.repeat(251), 'é'.repeat(126)]) {
      expect(() => checkKey(key)).toThrowError(expect.objectContaining({ code: 'InvalidSessionKey' }));
    }
    for (const key of ['k'.repeat(250), 'é'.repeat(125), ':1:x']) expect(() => checkKey(key)).not.toThrow();
  });
});
