import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { fileError, inTurn, syncFolder } from './app-file.ts';
import { imagesFromText, imagesToText } from './before-image-text.ts';
import { InspectorError } from './errors.ts';
import type { BeforeImage } from './recorder.ts';

/**
 * Before-images on disk: one file per activity, `<id>.images`. Its head says which key it was written with; blocks follow,
 * each a length, a nonce, and AES-256-GCM of the deflated images. The activity's id and the block's number are
 * authenticated with it, so that no block can be moved. A torn last block belongs to a write that never happened.
 */
const MAGIC = Buffer.from('SIBI\u0001', 'latin1');
/** behind it one byte: 1 where a keychain keeps the key, 0 where it ends with the run */
const KEY_ID = 8;
const HEAD = MAGIC.length + 1 + KEY_ID;
const NONCE = 12;
const TAG = 16;
/** bytes of one block, packed and unpacked; a block is what one batch of a job keeps */
const LARGEST_BLOCK = 512 * 1024 * 1024;
const ENDING = '.images';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

export type ImageKey = Readonly<{ /** 32 bytes */ bytes: Uint8Array /** a keychain keeps it for the next run */; lasting: boolean }>;

export type BeforeImagesOptions = Readonly<{
  folder: string;
  key: ImageKey;
  /** epoch milliseconds; images of another key that are older are removed */
  oldest: number;
  randomBytes: (count: number) => Uint8Array;
}>;

export class BeforeImages {
  readonly #folder: string;
  readonly #key: Uint8Array;
  readonly #head: Buffer;
  readonly #oldest: number;
  readonly #randomBytes: (count: number) => Uint8Array;
  /** what is on disk and opens with this key, by activity; blocks: those written since the start */
  readonly #kept = new Map<string, Kept>();
  readonly #turn = inTurn();

  private constructor(options: BeforeImagesOptions) {
    this.#folder = options.folder;
    this.#key = options.key.bytes;
    const keyId = createHmac('sha256', options.key.bytes).update('before-images key id').digest().subarray(0, KEY_ID);
    this.#head = Buffer.concat([MAGIC, Buffer.of(options.key.lasting ? 1 : 0), keyId]);
    this.#oldest = options.oldest;
    this.#randomBytes = options.randomBytes;
  }

  /** Looks at what the folder holds. Files of another key that a keychain may yet give back stay for their time. */
  static async open(options: BeforeImagesOptions): Promise<BeforeImages> {
    const images = new BeforeImages(options);
    try {
      await mkdir(options.folder, { recursive: true, mode: 0o700 });
      for (const name of await readdir(options.folder)) {
        if (name.endsWith(ENDING)) await images.#look(name.slice(0, -ENDING.length));
      }
    } catch (cause) {
      throw fileError(cause, options.folder, 'read');
    }
    return images;
  }

  has(activity: string): boolean {
    return this.#kept.has(activity);
  }

  size(activity: string): number {
    return this.#kept.get(activity)?.bytes ?? 0;
  }

  /** bytes of all */
  get total(): number {
    let total = 0;
    for (const { bytes } of this.#kept.values()) total += bytes;
    return total;
  }

  /**
   * Adds one block; it is on disk when this returns.
   * @param allow is told the bytes that will be added, and throws to refuse them
   */
  async append(activity: string, images: readonly BeforeImage[], allow: (bytes: number) => Promise<void>): Promise<void> {
    const packed = await deflate(Buffer.from(imagesToText(images)), { level: 1 });
    await this.#turn(async () => {
      const bytes = 4 + NONCE + packed.length + TAG + (this.has(activity) ? 0 : HEAD);
      if (packed.length > LARGEST_BLOCK) throw new InspectorError('LimitExceeded', 'The before-images of one batch are too large to keep');
      await allow(bytes);
      await this.#write(activity, packed);
    });
  }

  /** The blocks of an activity, last first, and in each the images last first: undoing walks backwards. */
  async *blocks(activity: string): AsyncIterable<readonly BeforeImage[]> {
    const handle = await open(this.#path(activity), 'r').catch((cause: unknown) => {
      throw fileError(cause, this.#path(activity), 'read');
    });
    try {
      const places = await blockPlaces(handle, this.size(activity));
      for (let number = places.length - 1; number >= 0; number -= 1) {
        const place = places[number];
        if (place !== undefined) yield [...(await this.#read(handle, activity, number, place))].reverse();
      }
    } finally {
      await handle.close();
    }
  }

  async remove(activity: string): Promise<void> {
    await unlink(this.#path(activity)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw fileError(cause, this.#path(activity), 'write');
    });
    this.#kept.delete(activity);
  }

  #path(activity: string): string {
    return join(this.#folder, `${activity}${ENDING}`);
  }

  async #look(activity: string): Promise<void> {
    const handle = await open(this.#path(activity), 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
      const { size, mtimeMs } = await handle.stat();
      if (bytesRead === HEAD && buffer.equals(this.#head)) {
        this.#kept.set(activity, { bytes: size, blocks: 0 });
        return;
      }
      const lost = bytesRead < HEAD || buffer[MAGIC.length] === 0;
      if (lost || mtimeMs <= this.#oldest) await unlink(this.#path(activity));
    } finally {
      await handle.close();
    }
  }

  async #write(activity: string, packed: Buffer): Promise<void> {
    const path = this.#path(activity);
    const { bytes, blocks } = this.#kept.get(activity) ?? { bytes: 0, blocks: 0 };
    try {
      const handle = await open(path, bytes === 0 ? 'w' : 'r+', 0o600);
      try {
        // Cut first: a write that failed may have left something behind what is known.
        await handle.truncate(bytes);
        const block = this.#seal(activity, blocks, packed);
        const data = bytes === 0 ? Buffer.concat([this.#head, block]) : block;
        await writeAll(handle, data, bytes);
        await handle.sync();
        this.#kept.set(activity, { bytes: bytes + data.length, blocks: blocks + 1 });
      } finally {
        await handle.close();
      }
      if (bytes === 0) await syncFolder(this.#folder);
    } catch (cause) {
      throw fileError(cause, path, 'write');
    }
  }

  #seal(activity: string, number: number, packed: Buffer): Buffer {
    const nonce = this.#randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(`${activity}:${number}`));
    const sealed = [nonce, cipher.update(packed), cipher.final(), cipher.getAuthTag()];
    const length = Buffer.alloc(4);
    length.writeUInt32BE(NONCE + packed.length + TAG);
    return Buffer.concat([length, ...sealed]);
  }

  async #read(handle: FileHandle, activity: string, number: number, place: BlockPlace): Promise<readonly BeforeImage[]> {
    const { buffer } = await handle.read(Buffer.alloc(place.length), 0, place.length, place.at);
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, buffer.subarray(0, NONCE)).setAAD(Buffer.from(`${activity}:${number}`));
      decipher.setAuthTag(buffer.subarray(buffer.length - TAG));
      const packed = Buffer.concat([decipher.update(buffer.subarray(NONCE, buffer.length - TAG)), decipher.final()]);
      const text = await inflate(packed, { maxOutputLength: 2 * LARGEST_BLOCK });
      return imagesFromText(text.toString('utf8'));
    } catch (cause) {
      throw new InspectorError('Corrupt', `The before-images of activity ${activity} are damaged in block ${number + 1}`, {
        hint: 'What was restored before this block stays restored.',
        cause,
      });
    }
  }
}

type Kept = Readonly<{ bytes: number; blocks: number }>;

async function writeAll(handle: FileHandle, data: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < data.length) {
    done += (await handle.write(data, done, data.length - done, position + done)).bytesWritten;
  }
}

type BlockPlace = Readonly<{ at: number; length: number }>;

/** Whole blocks within the first `size` bytes. */
async function blockPlaces(handle: FileHandle, size: number): Promise<readonly BlockPlace[]> {
  const places: BlockPlace[] = [];
  const head = Buffer.alloc(4);
  let at = HEAD;
  while (at + 4 <= size) {
    await handle.read(head, 0, 4, at);
    const length = head.readUInt32BE();
    if (length < NONCE + TAG || length > LARGEST_BLOCK + NONCE + TAG || at + 4 + length > size) break;
    places.push({ at: at + 4, length });
    at += 4 + length;
  }
  return places;
}
