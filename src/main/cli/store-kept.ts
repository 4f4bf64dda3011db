import { type FileHandle, open } from 'node:fs/promises';
import { InspectorError } from '../errors.ts';
import type { Recorder } from '../recorder.ts';

/**
 * Before-images as JSON lines in a file of one's own, on disk before the write: what a command line has instead of Undo.
 * The file is new and readable by its owner alone, because it holds sessions.
 */
export class KeptFile implements Recorder {
  readonly #file: FileHandle | null;
  #entries = 0;

  private constructor(file: FileHandle | null) {
    this.#file = file;
  }

  /** @param path null where nothing is to be kept @throws InspectorError where the file exists or cannot be made */
  static async open(path: string | null): Promise<KeptFile> {
    if (path === null) return new KeptFile(null);
    const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
      throw new InspectorError('StoreFailed', `${path} cannot be made`, { hint: 'Name a file that does not exist yet.', cause });
    });
    return new KeptFile(file);
  }

  async begin(): Promise<string> {
    this.#entries += 1;
    return String(this.#entries);
  }

  async keep(_: string, images: Parameters<Recorder['keep']>[1]): Promise<void> {
    if (this.#file === null) return;
    const lines = images.map(({ session_key, before }) => {
      if (before === null) return JSON.stringify({ session_key, stored_base64: null });
      const { stored, ...rest } = before;
      return JSON.stringify({ ...rest, stored_base64: Buffer.from(stored).toString('base64') });
    });
    await this.#file.write(lines.map((line) => `${line}\n`).join(''));
    await this.#file.datasync();
  }

  async end(): Promise<void> {
    await this.#file?.datasync();
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}
