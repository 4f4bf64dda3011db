import { InspectorError } from '../errors.ts';

/**
 * Every command this app ever sends to a memcached server, in one place; a connection is opened with one of these lists
 * and refuses the others. (On a server with a password file, `set auth …` is how a connection logs in: nothing is stored.)
 */
export const READ_COMMANDS = ['lru_crawler metadump', 'mg', 'stats', 'version'] as const;
export const WRITE_COMMANDS = ['md', 'ms'] as const;

export type MemcachedCommandName = (typeof READ_COMMANDS)[number] | (typeof WRITE_COMMANDS)[number];
/** One request: its words, and the value where the command carries one. */
export type MemcachedCommand = Readonly<{ name: MemcachedCommandName; words: readonly string[]; value?: Uint8Array }>;

export const READ_ONLY: ReadonlySet<string> = new Set(READ_COMMANDS);
export const READ_AND_WRITE: ReadonlySet<string> = new Set([...READ_COMMANDS, ...WRITE_COMMANDS]);

/** value, flags, TTL, cas and size; there is no flag that leaves the item's place in the LRU alone */
export function metaGet(key: string): MemcachedCommand {
  return { name: 'mg', words: [key, 'v', 'f', 't', 'c'] };
}

/** TTL and cas without the value */
export function metaLook(key: string): MemcachedCommand {
  return { name: 'mg', words: [key, 't', 'c'] };
}

export function metaDelete(key: string, cas: string | null): MemcachedCommand {
  return { name: 'md', words: cas === null ? [key] : [key, `C${cas}`] };
}

/** @param expires memcached's exptime: 0 = never, seconds up to 30 days, else epoch seconds @param cas null = only if there is none */
export function metaSet(key: string, value: Uint8Array, flags: number, expires: string, cas: string | null): MemcachedCommand {
  return { name: 'ms', words: [key, String(value.length), cas === null ? 'ME' : `C${cas}`, `F${flags}`, `T${expires}`], value };
}

export function encodeCommand({ name, words, value }: MemcachedCommand): Buffer {
  const line = Buffer.from(`${[name, ...words].join(' ')}\r\n`, 'utf8');
  return value === undefined ? line : Buffer.concat([line, value, Buffer.from('\r\n')]);
}

/** As it goes over the wire, the value in Python's way of writing bytes, cut at 64 KiB. */
export function writtenOut({ name, words, value }: MemcachedCommand): string {
  const line = [name, ...words].join(' ');
  if (value === undefined) return line;
  let text = '';
  for (const byte of value.subarray(0, 65_536)) {
    text += byte >= 0x20 && byte < 0x7f && byte !== 0x5c ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `${line}\n${text}${value.length > 65_536 ? `… (${value.length} bytes)` : ''}`;
}

/** django/core/cache/backends/memcached.py validate_key(), 2.2 to 6.1, which raises InvalidCacheKey. @throws InspectorError InvalidSessionKey */
export function checkKey(key: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what the protocol cannot carry
  const impossible = Buffer.byteLength(key, 'utf8') > 250 || key === '' || /[\u0000-\u0020\u007f]/.test(key);
  if (!impossible) return;
  throw new InspectorError('InvalidSessionKey', 'memcached takes keys of at most 250 bytes without spaces and control characters', {
    hint: 'Django refuses such a key as well.',
  });
}
