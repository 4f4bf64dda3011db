import { floatRepr } from '../json/float-repr.ts';
import { badValue } from './errors.ts';
import { encodeLong } from './numbers.ts';
import { OP } from './opcodes.ts';
import { counted, line, type Output } from './output.ts';
import { encodeRawUnicodeEscape, encodeUtf8 } from './text.ts';

const LARGEST_COUNT = 0xffff_ffff;

/** Modules/_pickle.c save_bool(), 3.11. */
export function writeBool(output: Output, protocol: number, value: boolean): void {
  if (protocol >= 2) output.byte(value ? OP.NEWTRUE : OP.NEWFALSE);
  else output.write(line(OP.INT, value ? '01' : '00'));
}

/** save_long(): the shortest form of what fits 32 bits; two's complement or decimal text beyond. */
export function writeInt(output: Output, protocol: number, value: bigint): void {
  const fits = BigInt.asIntN(32, value) === value;
  if (protocol === 0) {
    output.write(fits ? line(OP.INT, String(value)) : line(OP.LONG, `${value}L`));
    return;
  }
  if (fits) {
    writeSmallInt(output, Number(value));
    return;
  }
  if (protocol === 1) {
    output.write(line(OP.LONG, `${value}L`));
    return;
  }
  const bytes = encodeLong(value);
  output.write(bytes.length < 256 ? counted(OP.LONG1, 1, bytes) : counted(OP.LONG4, 4, bytes));
}

function writeSmallInt(output: Output, value: number): void {
  if (value >= 0 && value < 0x100) {
    output.byte(OP.BININT1, value);
    return;
  }
  if (value >= 0 && value < 0x1_0000) {
    output.byte(OP.BININT2, value & 0xff, value >> 8);
    return;
  }
  output.byte(OP.BININT, value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff);
}

/** save_float(). */
export function writeFloat(output: Output, protocol: number, value: number): void {
  if (protocol === 0) {
    output.write(line(OP.FLOAT, floatRepr(value)));
    return;
  }
  const bytes = new Uint8Array(9);
  bytes[0] = OP.BINFLOAT;
  new DataView(bytes.buffer).setFloat64(1, value);
  output.write(bytes);
}

/** save_unicode(), without its memo entry. */
export function writeText(output: Output, protocol: number, text: string): void {
  if (protocol === 0) {
    output.byte(OP.UNICODE);
    output.write(encodeRawUnicodeEscape(text));
    output.byte(0x0a);
    return;
  }
  const bytes = encodeUtf8(text);
  if (protocol >= 4 && bytes.length < 256) {
    output.write(counted(OP.SHORT_BINUNICODE, 1, bytes));
    return;
  }
  if (bytes.length > LARGEST_COUNT && protocol < 4) throw badValue('A text of more than 4 GB needs protocol 4', 'Shorten it.');
  output.writeContent(bytes.length > LARGEST_COUNT ? counted(OP.BINUNICODE8, 8, bytes) : counted(OP.BINUNICODE, 4, bytes), bytes.length);
}

/** save_bytes() of protocol 3 and later, without its memo entry. */
export function writeBytes(output: Output, bytes: Uint8Array): void {
  if (bytes.length < 256) {
    output.write(counted(OP.SHORT_BINBYTES, 1, bytes));
    return;
  }
  output.writeContent(bytes.length > LARGEST_COUNT ? counted(OP.BINBYTES8, 8, bytes) : counted(OP.BINBYTES, 4, bytes), bytes.length);
}

/** save_bytearray() of protocol 5, without its memo entry. */
export function writeByteArray(output: Output, bytes: Uint8Array): void {
  output.writeContent(counted(OP.BYTEARRAY8, 8, bytes), bytes.length);
}
