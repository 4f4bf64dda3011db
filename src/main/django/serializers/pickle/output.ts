import { OP } from './opcodes.ts';

/** Modules/_pickle.c, 3.11: FRAME_SIZE_TARGET, FRAME_SIZE_MIN, FRAME_HEADER_SIZE. */
const FRAME_TARGET = 65_536;
const FRAME_MIN = 4;
const FRAME_HEADER = 9;

/** The bytes of a pickle as they are written, cut into frames just as CPython's C pickler does it. */
export class Output {
  #bytes = new Uint8Array(256);
  #length = 0;
  #framing = false;
  /** where the open frame's header lies; -1 = no frame is open */
  #frame = -1;

  /** From here on bytes lie in frames. Protocol 4 and later, after PROTO. */
  startFraming(): void {
    this.#framing = true;
  }

  /** _Pickler_OpcodeBoundary(): a frame that is long enough ends where a value begins. */
  boundary(): void {
    if (this.#frame >= 0 && this.#length - this.#frame - FRAME_HEADER >= FRAME_TARGET) this.#commit();
  }

  byte(...bytes: readonly number[]): void {
    this.#reserve(bytes.length);
    for (const byte of bytes) {
      this.#bytes[this.#length] = byte;
      this.#length += 1;
    }
  }

  write(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A whole instruction whose content has `size` bytes: a large one lies between frames. _Pickler_write_bytes(). */
  writeContent(instruction: Uint8Array, size: number): void {
    const large = this.#framing && size >= FRAME_TARGET;
    if (large) this.#commit();
    this.#framing = this.#framing && !large;
    this.write(instruction);
    this.#framing = this.#framing || large;
  }

  finish(): Uint8Array {
    this.#commit();
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    const opens = this.#framing && this.#frame < 0;
    const needed = this.#length + count + (opens ? FRAME_HEADER : 0);
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    if (!opens) return;
    this.#frame = this.#length;
    this.#length += FRAME_HEADER;
  }

  #commit(): void {
    if (this.#frame < 0) return;
    const start = this.#frame + FRAME_HEADER;
    const size = this.#length - start;
    if (size >= FRAME_MIN) {
      this.#bytes[this.#frame] = OP.FRAME;
      new DataView(this.#bytes.buffer).setBigUint64(this.#frame + 1, BigInt(size), true);
    } else {
      this.#bytes.copyWithin(this.#frame, start, this.#length);
      this.#length -= FRAME_HEADER;
    }
    this.#frame = -1;
  }
}

/** `op` with a count of one, four or eight bytes. */
export function counted(op: number, width: 1 | 4 | 8, content: Uint8Array): Uint8Array {
  const out = new Uint8Array(1 + width + content.length);
  const view = new DataView(out.buffer);
  out[0] = op;
  if (width === 1) view.setUint8(1, content.length);
  else if (width === 4) view.setUint32(1, content.length, true);
  else view.setBigUint64(1, BigInt(content.length), true);
  out.set(content, 1 + width);
  return out;
}

/** `op`, text of one byte per character, and a newline. */
export function line(op: number, text: string): Uint8Array {
  return Uint8Array.from([op, ...Array.from(text, (character) => character.charCodeAt(0)), 0x0a]);
}
