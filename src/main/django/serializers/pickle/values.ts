import { decimalOf, decodeLong, float64, readFloatLine, readIntLine, readLongLine } from './numbers.ts';
import { int32, KIND, OP, uint16 } from './opcodes.ts';
import { contentOf, kindOfObject, opAt, type Tape } from './tape.ts';
import { decodeLatin1, decodeRawUnicodeEscape, decodeStringLine, decodeUtf8 } from './text.ts';

/** Integers of more bytes than this have no text at all. */
const MAX_HEX_BYTES = 65_536;

/** The decimal digits of an INT object; hexadecimal beyond Python's own limit of 4300 digits; null where that is too long too. */
export function intTextOf(tape: Tape, object: number): string | null {
  const at = tape.offset[object] ?? 0;
  switch (opAt(tape, object)) {
    case OP.BININT:
      return String(int32(tape.bytes, at + 1));
    case OP.BININT1:
      return String(tape.bytes[at + 1] ?? 0);
    case OP.BININT2:
      return String(uint16(tape.bytes, at + 1));
    case OP.INT:
      return String(readIntLine(decodeLatin1(contentOf(tape, object)), at));
    case OP.LONG:
      return readLongLine(decodeLatin1(contentOf(tape, object)), at);
    default: {
      const bytes = contentOf(tape, object);
      return decimalOf(bytes) ?? (bytes.length > MAX_HEX_BYTES ? null : hexText(decodeLong(bytes)));
    }
  }
}

function hexText(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

export function boolOf(tape: Tape, object: number): boolean {
  const op = opAt(tape, object);
  if (op !== OP.INT) return op === OP.NEWTRUE;
  return readIntLine(decodeLatin1(contentOf(tape, object)), tape.offset[object] ?? 0) === true;
}

export function floatOf(tape: Tape, object: number): number {
  const at = tape.offset[object] ?? 0;
  if (opAt(tape, object) === OP.BINFLOAT) return float64(tape.bytes, at + 1);
  return readFloatLine(decodeLatin1(contentOf(tape, object)), at);
}

/** The text of a STR object; of an 8-bit string of Python 2, its bytes as latin-1. */
export function strOf(tape: Tape, object: number): string {
  const op = opAt(tape, object);
  if (op === OP.UNICODE) return decodeRawUnicodeEscape(contentOf(tape, object), tape.offset[object] ?? 0);
  if (kindOfObject(tape, object) === KIND.STR2) return decodeLatin1(bytesOf(tape, object));
  return decodeUtf8(contentOf(tape, object));
}

/** The bytes of a BYTES, BYTEARRAY or STR2 object. */
export function bytesOf(tape: Tape, object: number): Uint8Array {
  if (opAt(tape, object) === OP.STRING) return decodeStringLine(contentOf(tape, object), tape.offset[object] ?? 0);
  return contentOf(tape, object);
}

/** The text that Python 3 makes of an 8-bit string of Python 2 (ASCII, strictly), or null where it fails. */
export function asciiOf(tape: Tape, object: number): string | null {
  const bytes = bytesOf(tape, object);
  return bytes.some((byte) => byte > 0x7f) ? null : decodeLatin1(bytes);
}
