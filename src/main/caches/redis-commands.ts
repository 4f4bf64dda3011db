/**
 * Every command this app ever sends to a Redis server, in one place. A connection is opened with one of these lists and
 * its only way out checks each command against it: a read-only profile's connection cannot send a write.
 * (Besides these the driver itself sends AUTH, SELECT, CLUSTER SLOTS, CLUSTER INFO, SENTINEL GET-MASTER-ADDR-BY-NAME and SENTINEL SENTINELS.)
 */
export const READ_COMMANDS = [
  'CLIENT NO-TOUCH',
  'CLUSTER SLOTS',
  'DBSIZE',
  'EVAL_RO',
  'GET',
  'GETRANGE',
  'INFO',
  'PING',
  'PTTL',
  'SCAN',
  'SELECT',
  'STRLEN',
] as const;

export const WRITE_COMMANDS = ['DEL', 'EVAL', 'EXEC', 'MULTI', 'SET', 'UNLINK', 'UNWATCH', 'WATCH'] as const;

export type ReadCommand = (typeof READ_COMMANDS)[number];
export type RedisCommandName = ReadCommand | (typeof WRITE_COMMANDS)[number];
export type RedisArgument = string | number | Uint8Array;
export type RedisCommand = readonly [name: RedisCommandName, ...args: readonly RedisArgument[]];

export const READ_ONLY: ReadonlySet<string> = new Set(READ_COMMANDS);
export const READ_AND_WRITE: ReadonlySet<string> = new Set([...READ_COMMANDS, ...WRITE_COMMANDS]);

/** A command as redis-cli takes it, with what is not printable written as \xNN; values are cut at `limit` bytes. */
export function writtenOut(command: RedisCommand, limit = 65_536): string {
  const [name, ...args] = command;
  return [name, ...args.map((argument) => (typeof argument === 'number' ? String(argument) : quoted(argument, limit)))].join(' ');
}

const ESCAPES: Readonly<Record<number, string>> = {
  0x07: '\\a',
  0x08: '\\b',
  0x09: '\\t',
  0x0a: '\\n',
  0x0d: '\\r',
  0x22: '\\"',
  0x5c: '\\\\',
};

function quoted(argument: string | Uint8Array, limit: number): string {
  const bytes = typeof argument === 'string' ? Buffer.from(argument, 'utf8') : argument;
  if (/^[\w.:*-]+$/.test(Buffer.from(bytes).toString('latin1'))) return Buffer.from(bytes).toString('latin1');
  let text = '';
  for (const byte of bytes.subarray(0, limit)) {
    const plain = byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
    text += ESCAPES[byte] ?? plain;
  }
  return bytes.length > limit ? `"${text}…" (${bytes.length} bytes)` : `"${text}"`;
}

/** Text that a MATCH pattern takes literally. */
export function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

/*
 * Compare-and-swap on the server: nothing can come between the comparison and the write. Each answers 1 when it wrote,
 * 0 when the value is another one, -1 when the key is gone.
 */
const COMPARE = "local old = redis.call('GET', KEYS[1]) if old ~= ARGV[1] then return old and 0 or -1 end";
const KEEP_TTL =
  "local kept = redis.pcall('SET', KEYS[1], ARGV[2], 'KEEPTTL')" +
  // KEEPTTL came with 6.0; in a script no time passes between PTTL and SET.
  " if type(kept) == 'table' and kept.err then local ttl = redis.call('PTTL', KEYS[1])" +
  " if ttl > 0 then redis.call('SET', KEYS[1], ARGV[2], 'PX', ttl) else redis.call('SET', KEYS[1], ARGV[2]) end end return 1";

export const SCRIPTS = {
  saveKeepingTtl: `${COMPARE} ${KEEP_TTL}`,
  saveWithTtl: `${COMPARE} redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) return 1`,
  saveWithoutTtl: `${COMPARE} redis.call('SET', KEYS[1], ARGV[2]) return 1`,
  delete: `${COMPARE} redis.call('UNLINK', KEYS[1]) return 1`,
  /** of values too large to be read: their length is compared */
  deleteBySize:
    "local size = redis.call('STRLEN', KEYS[1]) if size ~= tonumber(ARGV[1]) then return size > 0 and 0 or -1 end redis.call('UNLINK', KEYS[1]) return 1",
  /** beginning of each value and its PTTL; false where it is no string or may not be read */
  read:
    'local out = {} for i, key in ipairs(KEYS) do' +
    " local ttl = redis.pcall('PTTL', key) local value = redis.pcall('GETRANGE', key, 0, ARGV[1])" +
    " if type(ttl) == 'table' or type(value) == 'table' then out[2 * i - 1] = false out[2 * i] = -3" +
    ' else out[2 * i - 1] = value out[2 * i] = ttl end end return out',
} as const;
