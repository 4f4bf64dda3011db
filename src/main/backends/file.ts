/**
 * SESSION_ENGINE file. Mirrors django/contrib/sessions/backends/file.py: one file per session, named SESSION_COOKIE_NAME
 * and the key, in one folder. Unlike Django's load(), reading removes nothing and creates nothing.
 */
import { checkCanceled, VALUE_LIMIT } from '../caches/base.ts';
import { breathe, type FileContent, inFolder, openFolder, readQuietly } from '../caches/folder.ts';
import { InspectorError } from '../errors.ts';
import type { Capabilities, Count, ListQuery, NextSession, SessionStore, StoredPage, StoredSession } from './base.ts';
import { type FileNames, isSessionKey, namesOf, pageOf } from './file-names.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type FileOptions = Readonly<{
  /** '' = the temporary folder, as Django's None */
  SESSION_FILE_PATH: string;
  SESSION_COOKIE_NAME: string;
  /** whether Django's load() would find the session expired; it knows the encoding, this file does not */
  isExpired(session: Readonly<{ stored: Uint8Array; nanoseconds: bigint }>, now: number): boolean;
  environment: Readonly<Record<string, string | undefined>>;
}>;

/** Files that are read before other work gets a turn. */
export const BLOCK = 200;

/** @throws InspectorError MissingFile, PermissionDenied, ImproperlyConfigured */
export function openFile(options: FileOptions): SessionStore {
  return new FileSessions(options, false);
}

export class FileSessions implements SessionStore {
  readonly capabilities: Capabilities;
  protected readonly folder: string;
  protected readonly options: FileOptions;
  #names: FileNames | null = null;

  constructor(options: FileOptions, write: boolean) {
    this.options = options;
    const path = options.SESSION_FILE_PATH === '' ? temporaryFolder(options.environment) : options.SESSION_FILE_PATH;
    this.folder = openFolder(path, 'The session folder');
    this.capabilities = {
      list: 'paged',
      sort: ['session_key', 'size'],
      filterState: true,
      count: 'exact',
      write,
      setExpiry: write,
      clearExpired: write ? 'files' : 'none',
      limits: limitsOf(options, this.folder),
      server: this.folder,
    };
  }

  async list(query: ListQuery, signal: AbortSignal): Promise<StoredPage> {
    checkCanceled(signal);
    const names = await this.#freshNames(query, signal);
    const sessions: StoredSession[] = [];
    let [seen, bytes, unread] = [0, 0, 0];
    let last = '';
    for (const { key, cursor } of pageOf(names, query)) {
      if (sessions.length === query.limit || bytes >= VALUE_LIMIT) return { sessions, next: last, ...partialOf(names, unread) };
      last = cursor;
      if (++seen % BLOCK === 0) await this.#pause(signal);
      const session = this.#tryRead(key);
      if (session === 'unreadable') unread += 1;
      else if (session !== null && this.#isIn(session, query)) {
        sessions.push(session);
        bytes += session.stored.length;
      }
    }
    return { sessions, ...partialOf(names, unread) };
  }

  async count(query: Pick<ListQuery, 'state' | 'now' | 'keyPrefix'>, exact: boolean, signal: AbortSignal): Promise<Count> {
    checkCanceled(signal);
    const names = await namesOf(this.folder, this.options.SESSION_COOKIE_NAME, signal);
    const keys = names.entries.map(({ key }) => key).filter((key) => key.startsWith(query.keyPrefix ?? ''));
    if (query.state === undefined) return { value: keys.length, kind: 'exact' };
    const sample = exact ? keys : keys.slice(0, BLOCK);
    let value = 0;
    for (const [index, key] of sample.entries()) {
      if (index % BLOCK === BLOCK - 1) await this.#pause(signal);
      const session = this.#tryRead(key);
      if (session !== null && session !== 'unreadable' && this.#isIn(session, query)) value += 1;
    }
    if (sample.length === keys.length) return { value, kind: 'exact' };
    return { value: Math.round((value / sample.length) * keys.length), kind: 'estimate' };
  }

  async get(session_key: string, signal: AbortSignal): Promise<StoredSession | null> {
    checkCanceled(signal);
    return this.read(session_key);
  }

  async *scan(signal: AbortSignal, after?: string): AsyncIterable<readonly StoredSession[]> {
    const names = await namesOf(this.folder, this.options.SESSION_COOKIE_NAME, signal);
    const keys = names.entries.map(({ key }) => key).filter((key) => after === undefined || key > after);
    let block: StoredSession[] = [];
    let bytes = 0;
    for (const [index, key] of keys.entries()) {
      if (index % BLOCK === 0) await this.#pause(signal);
      const session = this.#tryRead(key);
      if (session !== null && session !== 'unreadable') {
        block.push(session);
        bytes += session.stored.length;
      }
      if (block.length < BLOCK && bytes < VALUE_LIMIT) continue;
      yield block;
      block = [];
      bytes = 0;
    }
    if (block.length > 0) yield block;
  }

  async close(): Promise<void> {
    this.#names = null;
  }

  /** @throws InspectorError InvalidSessionKey for what Django's _key_to_file() refuses */
  protected path(session_key: string): string {
    if (!isSessionKey(session_key)) {
      throw new InspectorError('InvalidSessionKey', 'The file engine takes keys of at least 8 characters of a-z and 0-9 only', {
        hint: 'Django answers such a key with an empty session.',
      });
    }
    return inFolder(this.folder, this.options.SESSION_COOKIE_NAME + session_key);
  }

  /** @throws InspectorError when there is something that cannot be read */
  protected read(session_key: string): StoredSession | null {
    const content = readQuietly(this.path(session_key));
    return content === null ? null : sessionOf(session_key, content);
  }

  /** An unreadable file is one row that is missing, and counted, never a failed page: asked for by its key, it says why. */
  #tryRead(session_key: string): StoredSession | null | 'unreadable' {
    try {
      return this.read(session_key);
    } catch (thrown) {
      if (thrown instanceof InspectorError) return 'unreadable';
      throw thrown;
    }
  }

  #isIn(session: StoredSession, { state, now }: Pick<ListQuery, 'state' | 'now'>): boolean {
    if (state === undefined) return true;
    return this.isExpired(session, now) === (state === 'expired');
  }

  protected isExpired(session: StoredSession, now: number): boolean {
    // Django's load() returns early on an empty file: no data, no expiry check, never removed.
    if (session.stored.length === 0) return false;
    // It raises UnicodeDecodeError for what is not ASCII, which also ends clear_expired(): such a file is never removed.
    if (session.stored.some((byte) => byte > 0x7f)) return false;
    return this.options.isExpired({ stored: session.stored, nanoseconds: mtimeOf(session.expiry) }, now);
  }

  async #pause(signal: AbortSignal): Promise<void> {
    await breathe();
    checkCanceled(signal);
  }

  /** The names are read when a listing begins and kept for its further pages. */
  async #freshNames(query: ListQuery, signal: AbortSignal): Promise<FileNames> {
    const kept = this.#names;
    if (query.cursor !== undefined && kept !== null && (query.sort !== 'size' || kept.sizes)) return kept;
    this.#names = await namesOf(this.folder, this.options.SESSION_COOKIE_NAME, signal, query.sort === 'size');
    return this.#names;
  }
}

export function sessionOf(session_key: string, content: FileContent): StoredSession {
  return {
    session_key,
    stored: content.bytes,
    expiry: { source: 'mtime', nanoseconds: String(content.stamp.mtime) },
    ...(content.oversize === undefined ? {} : { oversize: content.oversize }),
  };
}

/** @throws InspectorError Internal for an expiry of another engine */
export function mtimeOf(expiry: NextSession['expiry']): bigint {
  if (expiry.source === 'mtime') return BigInt(expiry.nanoseconds);
  throw new InspectorError('Internal', `The file engine keeps no expiry of the kind ${expiry.source}`);
}

function partialOf({ others }: FileNames, unread: number): { partial?: string } {
  const sentences = [
    ...(unread === 0
      ? []
      : [
          `${unread} ${unread === 1 ? 'file of this page cannot' : 'files of this page cannot'} be read by this user; look one up by its key to see why.`,
        ]),
    ...(others === 0
      ? []
      : [
          `${others} more ${others === 1 ? 'entry begins' : 'entries begin'} with the cookie's name, but Django would load none of them: no session key, or no plain file.`,
        ]),
  ];
  return sentences.length === 0 ? {} : { partial: sentences.join(' ') };
}

function limitsOf(options: FileOptions, folder: string): readonly string[] {
  const limits = ['Sorting by expiry would read every file; the listing is by key or size.'];
  if (options.SESSION_FILE_PATH !== '') return limits;
  return [
    ...limits,
    `SESSION_FILE_PATH is not set: ${folder} is the temporary folder of this app's environment; the site's may be another.`,
  ];
}
