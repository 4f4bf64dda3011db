/**
 * SESSION_ENGINE file. Mirrors django/contrib/sessions/backends/file.py: one file per session, named SESSION_COOKIE_NAME
 * and the key, in one folder. Unlike Django's load(), reading removes nothing and creates nothing.
 */
import * as fs from 'node:fs';
import {
  breathe,
  createFile,
  type FileBefore,
  type FileContent,
  inFolder,
  openFolder,
  readQuietly,
  removeFile,
  replaceFile,
} from '../caches/folder.ts';
import { InspectorError } from '../errors.ts';
import type {
  Capabilities,
  Count,
  ListQuery,
  NextSession,
  SessionStore,
  Statement,
  StoredPage,
  StoredSession,
  WritableSessionStore,
} from './base.ts';
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

const BLOCK = 200;

/** @throws InspectorError MissingFile, PermissionDenied, ImproperlyConfigured */
export function openFile(options: FileOptions): SessionStore {
  return new FileSessions(options, false);
}

/** @throws InspectorError MissingFile, PermissionDenied, ImproperlyConfigured */
export function openWritableFile(options: FileOptions): WritableSessionStore {
  return new WritableFileSessions(options);
}

class FileSessions implements SessionStore {
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
    let seen = 0;
    let last: string | undefined;
    for (const { key, cursor } of pageOf(names, query)) {
      if (sessions.length === query.limit) return { sessions, next: last ?? '', ...partialOf(names) };
      last = cursor;
      if (++seen % BLOCK === 0) await this.#pause(signal);
      const session = this.#tryRead(key);
      if (session !== null && this.#isIn(session, query)) sessions.push(session);
    }
    return { sessions, ...partialOf(names) };
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
      if (session !== null && this.#isIn(session, query)) value += 1;
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
    for (let start = 0; start < keys.length; start += BLOCK) {
      await this.#pause(signal);
      const block = keys.slice(start, start + BLOCK).map((key) => this.#tryRead(key));
      yield block.filter((session) => session !== null);
    }
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

  /** One unreadable file is one missing row of a listing, never a failed page: asked for by its key, it says why. */
  #tryRead(session_key: string): StoredSession | null {
    try {
      return this.read(session_key);
    } catch (thrown) {
      if (thrown instanceof InspectorError) return null;
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

class WritableFileSessions extends FileSessions implements WritableSessionStore {
  /** where clear_expired is in the folder; between two batches only */
  #clearing: fs.Dir | null = null;

  constructor(options: FileOptions) {
    super(options, true);
    try {
      fs.accessSync(this.folder, fs.constants.W_OK);
    } catch (cause) {
      throw new InspectorError('PermissionDenied', 'The session folder cannot be written', {
        hint: 'Mark the profile read-only, or start the app as the user the site runs as.',
        cause,
      });
    }
  }

  statements(change: Readonly<{ before: StoredSession | null; after: NextSession | null; session_key: string }>): readonly Statement[] {
    const path = this.path(change.session_key);
    const file = (text: string): Statement => ({ language: 'file', text });
    const same =
      change.before === null ? '' : ` if it still holds the ${change.before.oversize ?? change.before.stored.length} bytes that were read`;
    if (change.after === null) return [file(`unlink ${path}${same}`)];
    const temporary = `${path}_out_<random>`;
    const written = file(
      `write ${temporary}, mtime ${mtimeOf(change.after.expiry)} ns, ${change.after.stored.length} bytes: ${Buffer.from(change.after.stored).toString('latin1')}`,
    );
    if (change.before === null) return [written, file(`link ${temporary} ${path} if there is no such file`), file(`unlink ${temporary}`)];
    return [written, file(`fsync ${temporary}`), file(`rename ${temporary} ${path}${same}`)];
  }

  async save(before: StoredSession, after: NextSession, signal: AbortSignal): Promise<StoredSession> {
    checkCanceled(signal);
    const content = replaceFile(this.path(before.session_key), beforeOf(before), this.#replacement(before.session_key, after));
    return sessionOf(before.session_key, content);
  }

  async create(session_key: string, next: NextSession, signal: AbortSignal): Promise<StoredSession> {
    checkCanceled(signal);
    return sessionOf(session_key, createFile(this.path(session_key), this.#replacement(session_key, next)));
  }

  async delete(before: readonly StoredSession[], signal: AbortSignal): Promise<readonly string[]> {
    const deleted: string[] = [];
    for (const [index, session] of before.entries()) {
      if (index % BLOCK === 0) {
        await breathe();
        checkCanceled(signal);
      }
      if (removeFile(this.path(session.session_key), beforeOf(session))) deleted.push(session.session_key);
    }
    return deleted;
  }

  /**
   * django/contrib/sessions/backends/file.py clear_expired(), 3.2 to 6.1: loads every file whose name begins with the
   * cookie's. Never removed: empty files, names that are no key, and what load() does not find expired. The folder is
   * streamed and its position kept between batches; a batch that fails starts the walk anew, which does no harm.
   */
  async clearExpired(
    batch: Readonly<{ now: number; limit: number; before: (rows: readonly StoredSession[]) => Promise<void> }>,
    signal: AbortSignal,
  ): Promise<Readonly<{ deleted: number; done: boolean }>> {
    const folder = this.#clearing ?? fs.opendirSync(this.folder, { bufferSize: 512 });
    this.#clearing = null;
    try {
      const found = await this.#nextExpired(folder, batch, signal);
      if (found.length > 0) await batch.before(found);
      const deleted = await this.delete(found, signal);
      const done = found.length < batch.limit;
      if (!done) this.#clearing = folder;
      return { deleted: deleted.length, done };
    } finally {
      if (this.#clearing === null) folder.closeSync();
    }
  }

  override async close(): Promise<void> {
    this.#clearing?.closeSync();
    this.#clearing = null;
    await super.close();
  }

  async #nextExpired(folder: fs.Dir, batch: Readonly<{ now: number; limit: number }>, signal: AbortSignal): Promise<StoredSession[]> {
    const found: StoredSession[] = [];
    for (let seen = 1; found.length < batch.limit; seen += 1) {
      if (seen % BLOCK === 0) {
        await breathe();
        checkCanceled(signal);
      }
      const entry = folder.readSync();
      if (entry === null) break;
      const session = this.#readEntry(entry.name);
      if (session !== null && this.isExpired(session, batch.now)) found.push(session);
    }
    return found;
  }

  #readEntry(name: string): StoredSession | null {
    const { SESSION_COOKIE_NAME } = this.options;
    const session_key = name.slice(SESSION_COOKIE_NAME.length);
    if (!name.startsWith(SESSION_COOKIE_NAME) || !isSessionKey(session_key)) return null;
    try {
      return this.read(session_key);
    } catch (thrown) {
      if (thrown instanceof InspectorError && thrown.code === 'SuspiciousSession') return null;
      throw thrown;
    }
  }

  #replacement(session_key: string, next: NextSession) {
    return { bytes: next.stored, temporary: `${this.options.SESSION_COOKIE_NAME}${session_key}_out_`, mtime: mtimeOf(next.expiry) };
  }
}

function checkCanceled(signal: AbortSignal): void {
  if (signal.aborted) throw new InspectorError('Canceled', 'Canceled');
}

function sessionOf(session_key: string, content: FileContent): StoredSession {
  return {
    session_key,
    stored: content.bytes,
    expiry: { source: 'mtime', nanoseconds: String(content.stamp.mtime) },
    ...(content.oversize === undefined ? {} : { oversize: content.oversize }),
  };
}

function beforeOf(session: StoredSession): FileBefore {
  return {
    bytes: session.stored,
    mtime: mtimeOf(session.expiry),
    ...(session.oversize === undefined ? {} : { oversize: session.oversize }),
  };
}

function mtimeOf(expiry: NextSession['expiry']): bigint {
  if (expiry.source === 'mtime') return BigInt(expiry.nanoseconds);
  throw new InspectorError('Internal', `The file engine keeps no expiry of the kind ${expiry.source}`);
}

function partialOf(names: FileNames): { partial?: string } {
  if (names.others === 0) return {};
  return {
    partial: `${names.others} more ${names.others === 1 ? 'entry begins' : 'entries begin'} with the cookie's name, but Django would load none of them: no session key, or no plain file.`,
  };
}

function limitsOf(options: FileOptions, folder: string): readonly string[] {
  const limits = ['Sorting by expiry would read every file; the listing is by key or size.'];
  if (options.SESSION_FILE_PATH !== '') return limits;
  return [
    ...limits,
    `SESSION_FILE_PATH is not set: ${folder} is the temporary folder of this app's environment; the site's may be another.`,
  ];
}
