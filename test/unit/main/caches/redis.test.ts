import { describe, expect, test } from 'vitest';
import { escapeGlob, READ_COMMANDS, READ_ONLY, WRITE_COMMANDS, writtenOut } from '../../../../src/main/caches/redis-commands.ts';
import { endsConnection, redisError } from '../../../../src/main/caches/redis-error.ts';
import { addressText, parseRedisLocation } from '../../../../src/main/caches/redis-location.ts';

describe('LOCATION of Redis', () => {
  const tcp = (host: string, port: number, more = {}) => ({
    kind: 'tcp',
    host,
    port,
    user: null,
    password: null,
    db: null,
    tls: false,
    ...more,
  });

  test.each([
    ['redis://localhost', tcp('localhost', 6379)],
    ['redis://example.org:6380/7', tcp('example.org', 6380, { db: 7 })],
    ['redis://example.org/7?db=3', tcp('example.org', 6379, { db: 3 })],
    ['redis://:p%40ss%2Fword@example.org/0', tcp('example.org', 6379, { password: 'p@ss/word', db: 0 })],
    ['redis://user:secret@example.org', tcp('example.org', 6379, { user: 'user', password: 'secret' })],
    ['rediss://example.org:6390', tcp('example.org', 6390, { tls: true })],
    ['redis://[::1]:6380/1', tcp('::1', 6380, { db: 1 })],
    ['redis://', tcp('localhost', 6379)],
    ['redis://example.org/not-a-number', tcp('example.org', 6379)],
    ['127.0.0.1:6381', tcp('127.0.0.1', 6381)],
    [' example.org ', tcp('example.org', 6379)],
    ['unix:///var/run/redis.sock?db=2', { kind: 'unix', path: '/var/run/redis.sock', user: null, password: null, db: 2, tls: false }],
    ['unix:/run/a%20b.sock', { kind: 'unix', path: '/run/a b.sock', user: null, password: null, db: null, tls: false }],
    [
      'unix://user@/run/redis.sock?password=pw',
      { kind: 'unix', path: '/run/redis.sock', user: 'user', password: 'pw', db: null, tls: false },
    ],
  ])('%s', (location, address) => {
    expect(parseRedisLocation(location)).toEqual(address);
  });

  test('a Sentinel has another port', () => {
    expect(parseRedisLocation('example.org', 26_379)).toEqual(tcp('example.org', 26_379));
  });

  test.each(['http://example.org', 'redis://user:secret@exa mple', 'redis://a:99999'])(
    '%s is refused, without being repeated',
    (location) => {
      try {
        parseRedisLocation(location);
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: 'ImproperlyConfigured' });
        expect(String(error)).not.toContain('secret');
      }
    },
  );

  test('is named without its user and password', () => {
    expect(addressText(parseRedisLocation('redis://user:secret@[::1]:1/2'))).toBe('[::1]:1');
    expect(addressText(parseRedisLocation('unix://user:secret@/run/redis.sock'))).toBe('/run/redis.sock');
  });
});

describe('commands', () => {
  test('no write command is on the list of a read-only profile', () => {
    for (const name of WRITE_COMMANDS) expect(READ_ONLY.has(name)).toBe(false);
    // What Redis itself calls a write, and what could change a server: none may ever get on the list.
    for (const name of [
      'SET',
      'DEL',
      'EVAL',
      'FLUSHALL',
      'EXPIRE',
      'PERSIST',
      'RENAME',
      'CONFIG',
      'GETEX',
      'GETDEL',
      'GETSET',
      'TOUCH',
      'KEYS',
      'SCRIPT',
      'FUNCTION',
    ]) {
      expect(READ_COMMANDS as readonly string[]).not.toContain(name);
    }
  });

  test('are written out as redis-cli takes them', () => {
    expect(writtenOut(['SET', 'a:b', Buffer.from([0x00, 0x41, 0x22, 0x5c, 0x0a, 0x0d, 0x09, 0xff]), 'PX', 5])).toBe(
      'SET a:b "\\x00A\\"\\\\\\n\\r\\t\\xff" PX 5',
    );
    expect(writtenOut(['GET', 'é x'])).toBe('GET "\\xc3\\xa9 x"');
    expect(writtenOut(['GET', ''])).toBe('GET ""');
    expect(writtenOut(['SET', 'a', 'xxxx yyyy'], 4)).toBe('SET a "xxxx…" (9 bytes)');
  });

  test('escape what MATCH does not take literally', () => {
    expect(escapeGlob('a*b?c[d]e\\f^-')).toBe('a\\*b\\?c\\[d\\]e\\\\f^-');
  });
});

describe('what a server answers', () => {
  const error = (message: string, code?: string) =>
    redisError(Object.assign(new Error(message), code === undefined ? {} : { code }), 'Redis at x');

  test.each([
    ['NOAUTH Authentication required.', 'LoginFailed'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'LoginFailed'],
    ['ERR invalid password', 'LoginFailed'],
    ["NOPERM this user has no permissions to run the 'get' command", 'PermissionDenied'],
    ['ERR DB index is out of range', 'MissingDatabase'],
    ["READONLY You can't write against a read only replica.", 'PermissionDenied'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'StoreFailed'],
    ['MISCONF Redis is configured to save RDB snapshots', 'StoreFailed'],
    ['LOADING Redis is loading the dataset in memory', 'StoreFailed'],
    ['CLUSTERDOWN Hash slot not served', 'ConnectionLost'],
    ['MASTERDOWN Link with MASTER is down', 'ConnectionLost'],
    ['MOVED 3999 127.0.0.1:6381', 'ImproperlyConfigured'],
    ['WRONGTYPE Operation against a key', 'Corrupt'],
    ["ERR unknown command 'EVAL_RO'", 'Unsupported'],
    ['Connection is closed.', 'ConnectionLost'],
    ['ERR something new', 'StoreFailed'],
  ])('%s', (message, code) => {
    expect(error(message)).toMatchObject({ code, message: expect.stringMatching(/^Redis at x: /) });
  });

  test.each([
    ['ECONNREFUSED', 'ConnectionRefused'],
    ['ENOTFOUND', 'NameNotFound'],
    ['ETIMEDOUT', 'Timeout'],
    ['ECONNRESET', 'ConnectionLost'],
    ['CERT_HAS_EXPIRED', 'TlsFailed'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'TlsFailed'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TlsFailed'],
  ])('%s of the system', (system, code) => {
    expect(error('whatever', system).code).toBe(code);
  });

  test('a replica in place of the master ends the connection, so that the next call finds the new one', () => {
    expect(endsConnection(error("READONLY You can't write"))).toBe(true);
    expect(endsConnection(error('WRONGTYPE'))).toBe(false);
  });
});
