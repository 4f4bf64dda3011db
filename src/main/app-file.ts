import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ErrorView } from '../preload/api.ts';
import { InspectorError } from './errors.ts';

/** The app's own JSON files are small; anything larger was not written by it. Bytes. */
const LARGEST = 32 * 1024 * 1024;

/** What a file system's refusal means for one of the app's own files. */
export function fileError(cause: unknown, path: string, doing: 'read' | 'write'): InspectorError {
  if (cause instanceof InspectorError) return cause;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const what = `Could not ${doing} ${basename(path)}`;
  const hint = `The file is in ${dirname(path)}.`;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new InspectorError('DiskFull', `${what}: the disk is full`, { hint, cause });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new InspectorError('PermissionDenied', `${what}: permission denied`, { hint, cause });
  }
  return new InspectorError('FileUnreadable', `${what}: ${typeof code === 'string' ? code : 'unknown failure'}`, { hint, cause });
}

/** Makes a rename in `folder` last; Windows has no such call and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Replaces a file as a whole: readable by its owner only, on disk when this returns, and never half written.
 * @throws InspectorError DiskFull, PermissionDenied, FileUnreadable; the old file is then as it was
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    throw fileError(cause, path, 'write');
  }
}

/** Removes what a crash in the middle of writeFileAtomic left in `folder`. */
export async function removeTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/\.[0-9a-f]{12}\.tmp$/.test(name)) await unlink(join(folder, name)).catch(() => undefined);
  }
}

/** The name under which a damaged file is kept: no colons, because Windows has none in names. */
export function asideName(path: string, now: number): string {
  return `${path}.unreadable-${new Date(now).toISOString().replaceAll(':', '-')}`;
}

/** Runs what it is given one after the other, whatever becomes of each. */
export function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}

type AppFileOptions = Readonly<{ path: string /** newest schema this release writes */; schema: number; now: () => number }>;

/**
 * One of the app's own JSON files, `{ "schema": 1, … }`. What cannot be read is set aside and named in a notice, never
 * deleted; what a newer release wrote is left alone and can then not be written either.
 */
export class AppFile {
  readonly #path: string;
  readonly #schema: number;
  readonly #now: () => number;
  readonly #notices: ErrorView[] = [];
  readonly #turn = inTurn();
  #refusal: InspectorError | null = null;

  constructor(options: AppFileOptions) {
    this.#path = options.path;
    this.#schema = options.schema;
    this.#now = options.now;
  }

  get notices(): readonly ErrorView[] {
    return this.#notices;
  }

  /** @returns the content without its schema number, or null where there is nothing to read */
  async read(): Promise<Readonly<Record<string, unknown>> | null> {
    const text = await this.#text();
    if (text === null) return null;
    const content = parseObject(text);
    const schema = content?.['schema'];
    if (content === null || typeof schema !== 'number' || !Number.isInteger(schema) || schema < 1) {
      await this.setAside('is damaged');
      return null;
    }
    if (schema > this.#schema) {
      this.#refuse(`${basename(this.#path)} was written by a newer release of Session Inspector`, 'It is left as it is; use that release.');
      return null;
    }
    return content;
  }

  /**
   * Replaces the file. Calls wait for each other: `next` is asked only when its turn has come, and `written` is told
   * before the next one's, so that what is in memory is always what is on disk.
   */
  write<T>(next: () => T, body: (value: T) => Readonly<Record<string, unknown>>, written: (value: T) => void): Promise<void> {
    return this.#turn(async () => {
      if (this.#refusal !== null) throw this.#refusal;
      const value = next();
      await writeFileAtomic(this.#path, `${JSON.stringify({ schema: this.#schema, ...body(value) }, null, 2)}\n`);
      written(value);
    });
  }

  /** Moves the file out of the way. `problem` ends the sentence that begins with its name. */
  async setAside(problem: string): Promise<void> {
    const aside = asideName(this.#path, this.#now());
    try {
      await rename(this.#path, aside);
    } catch {
      this.#refuse(`${basename(this.#path)} ${problem} and could not be set aside`, `Move ${this.#path} away and start again.`);
      return;
    }
    this.#tell(`${basename(this.#path)} ${problem} and was set aside`, `It is kept as ${aside}.`);
  }

  /** Keeps a copy of a file that is good but for some part, which the next write will leave out. */
  async copyAside(problem: string): Promise<void> {
    const aside = asideName(this.#path, this.#now());
    try {
      await writeFileAtomic(aside, await readFile(this.#path));
    } catch {
      this.#refuse(`${basename(this.#path)} ${problem} and could not be copied`, `Repair ${this.#path} and start again.`);
      return;
    }
    this.#tell(`${basename(this.#path)} ${problem}`, `The whole file is kept as ${aside}.`);
  }

  async #text(): Promise<string | null> {
    try {
      const { size } = await stat(this.#path);
      if (size <= LARGEST) return await readFile(this.#path, 'utf8');
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
      const error = fileError(cause, this.#path, 'read');
      this.#refuse(error.message, error.hint ?? '');
      return null;
    }
    await this.setAside('is far too large');
    return null;
  }

  #tell(message: string, hint: string): void {
    this.#notices.push({ code: 'FileUnreadable', message, hint });
  }

  #refuse(message: string, hint: string): void {
    this.#refusal = new InspectorError('FileUnreadable', message, { hint });
    this.#tell(message, hint);
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content !== 'object' || content === null || Array.isArray(content)) return null;
    return Object.fromEntries(Object.entries(content));
  } catch {
    return null;
  }
}
