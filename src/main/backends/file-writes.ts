import * as fs from 'node:fs';
import { checkCanceled, VALUE_LIMIT } from '../caches/base.ts';
import { breathe, createFile, type FileBefore, removeFile, replaceFile } from '../caches/folder.ts';
import { InspectorError } from '../errors.ts';
import type { NextSession, Statement, StoredSession, WritableSessionStore } from './base.ts';
import { BLOCK, type FileOptions, FileSessions, mtimeOf, sessionOf } from './file.ts';
import { isSessionKey } from './file-names.ts';

/** @throws InspectorError MissingFile, PermissionDenied, ImproperlyConfigured */
export function openWritableFile(options: FileOptions): WritableSessionStore {
  return new WritableFileSessions(options);
}

class WritableFileSessions extends FileSessions implements WritableSessionStore {
  /** where clear_expired is in the folder, between two batches of one job, which share their `now` */
  #clearing: { now: number; folder: fs.Dir } | null = null;

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
    const kept = this.#clearing?.now === batch.now ? this.#clearing.folder : null;
    if (kept === null) this.#clearing?.folder.closeSync();
    const folder = kept ?? fs.opendirSync(this.folder, { bufferSize: 512 });
    this.#clearing = null;
    try {
      const { found, done } = await this.#nextExpired(folder, batch, signal);
      if (found.length > 0) await batch.before(found);
      const deleted = await this.delete(found, signal);
      if (!done) this.#clearing = { now: batch.now, folder };
      return { deleted: deleted.length, done };
    } finally {
      if (this.#clearing === null) folder.closeSync();
    }
  }

  override async close(): Promise<void> {
    this.#clearing?.folder.closeSync();
    this.#clearing = null;
    await super.close();
  }

  async #nextExpired(
    folder: fs.Dir,
    { now, limit }: Readonly<{ now: number; limit: number }>,
    signal: AbortSignal,
  ): Promise<Readonly<{ found: readonly StoredSession[]; done: boolean }>> {
    const found: StoredSession[] = [];
    let bytes = 0;
    for (let seen = 1; found.length < limit && bytes < VALUE_LIMIT; seen += 1) {
      if (seen % BLOCK === 0) {
        await breathe();
        checkCanceled(signal);
      }
      const entry = folder.readSync();
      if (entry === null) return { found, done: true };
      const session = this.#readEntry(entry.name);
      if (session === null || !this.isExpired(session, now)) continue;
      found.push(session);
      bytes += session.stored.length;
    }
    return { found, done: false };
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

function beforeOf(session: StoredSession): FileBefore {
  return {
    bytes: session.stored,
    mtime: mtimeOf(session.expiry),
    ...(session.oversize === undefined ? {} : { oversize: session.oversize }),
  };
}
