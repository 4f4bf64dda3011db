/**
 * Django's FileBasedCache: `<md5 of the stored key>.djcache`, holding pickle(expiry) and then zlib(pickle(value)).
 * django/core/cache/backends/filebased.py, 2.2 to 6.1. The key itself is stored nowhere: an entry is found by computing
 * its file's name, and shown by that name until its key was looked up once. Reading never removes an expired entry.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, readdirSync } from 'node:fs';
import { InspectorError } from '../errors.ts';
import {
  type Cache,
  type CacheChange,
  type CacheCount,
  type CacheEntry,
  type CacheFacts,
  type CachePage,
  type CacheQuery,
  type CacheStatement,
  checkCanceled,
  type KeyPattern,
  matches,
  type NextEntry,
  sameExpiry,
  VALUE_LIMIT,
  type WritableCache,
} from './base.ts';
import { breathe, createFile, type FileBefore, fileError, inFolder, openFolder, readQuietly, removeFile, replaceFile } from './folder.ts';

export type FileBasedConfig = Readonly<{
  LOCATION: readonly string[];
  /** whether a value is a session: without keys, other entries of the cache look the same from outside */
  isSession(value: Uint8Array): boolean;
  /** the pickle of the expiry that stands before the value */
  header: ExpiryHeader;
}>;

/** Epoch seconds as Python's repr, null = never, and the pickle that says so. */
export type ExpiryHeader = Readonly<{
  /** null where the file begins with something else: the value is then the whole file */
  read(bytes: Uint8Array): Readonly<{ bytes: Uint8Array; expiry: string | null }> | null;
  /** @throws InspectorError BadValue */
  write(expiry: string | null): Uint8Array;
}>;

const SUFFIX = '.djcache';
const BLOCK = 100;

/** @throws InspectorError MissingFile, PermissionDenied, ImproperlyConfigured */
export function openFileBased(config: FileBasedConfig): Cache {
  return new FileBasedCache(config);
}

/** @throws InspectorError MissingFile, PermissionDenied, ImproperlyConfigured */
export function openWritableFileBased(config: FileBasedConfig): WritableCache {
  return new WritableFileBasedCache(config);
}

class FileBasedCache implements Cache {
  readonly facts: CacheFacts;
  protected readonly folder: string;
  protected readonly header: ExpiryHeader;
  readonly #isSession: FileBasedConfig['isSession'];
  /** stored keys that were asked for, by their file's name */
  readonly #known = new Map<string, string>();

  constructor({ LOCATION, isSession, header }: FileBasedConfig) {
    const [path = ''] = LOCATION;
    if (path === '') throw new InspectorError('ImproperlyConfigured', 'LOCATION is empty', { hint: 'Enter the folder of the cache.' });
    this.folder = openFolder(path, 'The folder of the cache');
    this.#isSession = isSession;
    this.header = header;
    this.facts = {
      list: 'unordered',
      sort: [],
      keepsExpired: true,
      count: 'exact',
      limits: [
        "The cache stores no keys: a session is listed by its file's name until it was looked up by its key, and other cache entries that hold a dict are listed with the sessions.",
        'Django keeps 300 entries (MAX_ENTRIES) here unless told otherwise, and culls the rest.',
      ],
      server: this.folder,
    };
  }

  async getMany(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, CacheEntry>> {
    checkCanceled(signal);
    const found = new Map<string, CacheEntry>();
    for (const key of keys) {
      const entry = this.read(this.nameOf(key));
      if (entry !== null) found.set(key, { ...entry, key });
    }
    return found;
  }

  async page(pattern: KeyPattern, query: CacheQuery, signal: AbortSignal): Promise<CachePage> {
    const entries: CacheEntry[] = [];
    let last = query.cursor ?? '';
    let [bytes, unread] = [0, 0];
    for (const name of this.#names().filter((one) => one > last)) {
      if (entries.length === query.limit || bytes >= VALUE_LIMIT) return { entries, next: last, ...partialOf(unread) };
      await this.#pause(entries.length, signal);
      last = name;
      const entry = this.#listed(name, pattern, query);
      if (entry === 'unreadable') unread += 1;
      if (entry === null || entry === 'unreadable') continue;
      entries.push(entry);
      bytes += entry.value.length;
    }
    return { entries, ...partialOf(unread) };
  }

  async *scan(pattern: KeyPattern, signal: AbortSignal): AsyncIterable<readonly CacheEntry[]> {
    for (const [index, name] of this.#names().entries()) {
      await this.#pause(index, signal);
      const entry = this.#listed(name, pattern, { now: 0 });
      if (entry !== null && entry !== 'unreadable') yield [entry];
    }
  }

  async count(pattern: KeyPattern, query: Pick<CacheQuery, 'now' | 'state'>, _exact: boolean, signal: AbortSignal): Promise<CacheCount> {
    let value = 0;
    for (const [index, name] of this.#names().entries()) {
      await this.#pause(index, signal);
      const entry = this.#listed(name, pattern, query);
      if (entry !== null && entry !== 'unreadable') value += 1;
    }
    return { value, kind: 'exact' };
  }

  async close(): Promise<void> {
    this.#known.clear();
  }

  protected path(name: string): string {
    return inFolder(this.folder, name);
  }

  /** _key_to_file(); a file's name stands for itself. */
  protected nameOf(key: string): string {
    if (isFileName(key)) return key;
    const name = `${createHash('md5').update(key, 'utf8').digest('hex')}${SUFFIX}`;
    this.#known.set(name, key);
    return name;
  }

  protected read(name: string): CacheEntry | null {
    const content = readQuietly(this.path(name));
    // An empty file counts as expired: Django is about to write or remove it.
    if (content === null || content.stamp.size === 0) return null;
    const { bytes: header, expiry } = this.header.read(content.bytes) ?? { bytes: new Uint8Array(0), expiry: null };
    return {
      key: this.#known.get(name) ?? name,
      value: content.bytes.subarray(header.length),
      expiry: { source: 'cache', text: expiry },
      token: Buffer.from(header).toString('hex'),
      place: name,
      ...(content.oversize === undefined ? {} : { oversize: content.oversize }),
    };
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.folder).filter(isFileName).sort();
    } catch (thrown) {
      throw fileError(thrown, 'The folder of the cache cannot be read');
    }
  }

  /** An entry of a listing; null for what is no session, of another key, or of the other state. */
  #listed(name: string, pattern: KeyPattern, { now, state }: Pick<CacheQuery, 'now' | 'state'>): CacheEntry | null | 'unreadable' {
    const entry = this.#tryRead(name);
    if (entry === null || entry === 'unreadable') return entry;
    if (entry.key !== name && !matches(entry.key, pattern)) return null;
    if (state !== undefined && isExpired(entry, now) !== (state === 'expired')) return null;
    return entry.oversize !== undefined || this.#isSession(entry.value) ? entry : null;
  }

  #tryRead(name: string): CacheEntry | null | 'unreadable' {
    try {
      return this.read(name);
    } catch (thrown) {
      if (thrown instanceof InspectorError) return 'unreadable';
      throw thrown;
    }
  }

  async #pause(index: number, signal: AbortSignal): Promise<void> {
    if (index % BLOCK === 0) await breathe();
    checkCanceled(signal);
  }
}

class WritableFileBasedCache extends FileBasedCache implements WritableCache {
  constructor(config: FileBasedConfig) {
    super(config);
    try {
      accessSync(this.folder, constants.W_OK);
    } catch (thrown) {
      throw fileError(thrown, 'The folder of the cache cannot be written');
    }
  }

  statements({ key, before, after }: CacheChange): readonly CacheStatement[] {
    const path = this.path(this.nameOf(key));
    const file = (text: string): CacheStatement => ({ language: 'file', text });
    if (after === null) return [file(`unlink ${path} if it is as it was read (key ${key})`)];
    const bytes = this.#compose(after, before);
    const temporary = `${path}<random>`;
    const written = file(`write ${temporary}, ${bytes.length} bytes for the key ${key}: ${Buffer.from(bytes).toString('hex')}`);
    if (before === null) return [written, file(`link ${temporary} ${path} if there is no such file`), file(`unlink ${temporary}`)];
    return [written, file(`fsync ${temporary}`), file(`rename ${temporary} ${path} if it is as it was read`)];
  }

  async save(before: CacheEntry, after: NextEntry, signal: AbortSignal): Promise<CacheEntry> {
    checkCanceled(signal);
    const name = this.nameOf(before.key);
    replaceFile(this.path(name), contentOf(before), { bytes: this.#compose(after, before), temporary: name, mtime: null });
    return this.#reread(before.key, name);
  }

  async create(key: string, next: NextEntry, signal: AbortSignal): Promise<CacheEntry> {
    checkCanceled(signal);
    const name = this.nameOf(key);
    createFile(this.path(name), { bytes: this.#compose(next, null), temporary: name, mtime: null });
    return this.#reread(key, name);
  }

  async delete(before: readonly CacheEntry[], signal: AbortSignal): Promise<readonly string[]> {
    checkCanceled(signal);
    return before.filter((entry) => removeFile(this.path(this.nameOf(entry.key)), contentOf(entry))).map(({ key }) => key);
  }

  async drop(key: string, signal: AbortSignal): Promise<boolean> {
    checkCanceled(signal);
    const entry = this.read(this.nameOf(key));
    return entry !== null && removeFile(this.path(this.nameOf(key)), contentOf(entry));
  }

  dropStatement(key: string): CacheStatement {
    return { language: 'file', text: `unlink ${this.path(this.nameOf(key))} (key ${key})` };
  }

  /** The file's content; the old header stays byte for byte where the expiry does. */
  #compose(next: NextEntry, before: CacheEntry | null): Uint8Array {
    if (next.expiry.source !== 'cache') throw new InspectorError('Internal', 'The file-based cache keeps a date, no TTL');
    const kept = before !== null && sameExpiry(before.expiry, next.expiry);
    const header = kept ? Buffer.from(before.token ?? '', 'hex') : this.header.write(next.expiry.text);
    return Buffer.concat([header, next.value]);
  }

  #reread(key: string, name: string): CacheEntry {
    const entry = this.read(name);
    if (entry === null) throw new InspectorError('UpdateError', 'The entry was removed by somebody else right after it was written');
    return { ...entry, key };
  }
}

function partialOf(unread: number): { partial?: string } {
  return unread === 0 ? {} : { partial: `${unread} ${unread === 1 ? 'file' : 'files'} of this page cannot be read by this user.` };
}

function isFileName(name: string): boolean {
  return /^[0-9a-f]{32}\.djcache$/.test(name);
}

/** _is_expired(): `exp is not None and exp < time.time()` */
function isExpired({ expiry }: CacheEntry, now: number): boolean {
  return expiry.source === 'cache' && expiry.text !== null && Number(expiry.text) * 1000 < now;
}

function contentOf(entry: CacheEntry): FileBefore {
  return {
    bytes: entry.oversize === undefined ? Buffer.concat([Buffer.from(entry.token ?? '', 'hex'), entry.value]) : new Uint8Array(0),
    mtime: null,
    ...(entry.oversize === undefined ? {} : { oversize: entry.oversize }),
  };
}
