import { OP } from './opcodes.ts';
import { line, type Output } from './output.ts';

/** How memo entries are written: as lines (protocol 0), by index (1 to 3), or by their order (4 and later). */
export type MemoStyle = 'line' | 'index' | 'order';

export function memoStyle(protocol: number): MemoStyle {
  return protocol === 0 ? 'line' : protocol < 4 ? 'index' : 'order';
}

/** Modules/_pickle.c memo_put(), 3.11. @param index what MEMOIZE implies in the `order` style */
export function writePut(output: Output, style: MemoStyle, index: number): void {
  if (style === 'order') output.byte(OP.MEMOIZE);
  else if (style === 'line') output.write(line(OP.PUT, String(index)));
  else writeIndex(output, OP.BINPUT, OP.LONG_BINPUT, index);
}

/** Modules/_pickle.c memo_get(), 3.11. */
export function writeGet(output: Output, style: MemoStyle, index: number): void {
  if (style === 'line') output.write(line(OP.GET, String(index)));
  else writeIndex(output, OP.BINGET, OP.LONG_BINGET, index);
}

function writeIndex(output: Output, short: number, long: number, index: number): void {
  if (index < 256) output.byte(short, index);
  else output.byte(long, index & 0xff, (index >>> 8) & 0xff, (index >>> 16) & 0xff, (index >>> 24) & 0xff);
}
