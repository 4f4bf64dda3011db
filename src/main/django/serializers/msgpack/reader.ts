import { InspectorError } from '../../../errors.ts';
import type { Limits } from '../../document.ts';

/** What a node is; strings and containers of every width are one kind. */
export const NIL = 0;
export const FALSE = 1;
export const TRUE = 2;
export const INT = 3;
export const FLOAT = 4;
export const STR = 5;
export const BIN = 6;
export const EXT = 7;
export const ARRAY = 8;
export const MAP = 9;

/** Numbers that each node takes in `nodes`: kind, start, start of its content, end, and the node behind all it contains. */
export const STRIDE = 5;

/**
 * The bytes and their nodes, parents before children, keys before values. Kept flat, because a hostile payload may
 * hold millions of values of one byte.
 */
export type MsgpackSource = Readonly<{ bytes: Uint8Array; view: DataView; nodes: Uint32Array }>;

/** msgpack's own reader (1.x) keeps a stack of this size and raises StackError beyond. */
const PYTHON_DEPTH = 1024;

type Scan = {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly limits: Limits;
  nodes: Uint32Array;
  used: number;
  at: number;
};

/** Containers that are being read: how many values each still needs. */
type Open = { node: number; left: number };

/**
 * Finds every value of a payload, as msgpack.loads(value, raw=False) reads it (spec.md of the format).
 * @throws InspectorError Corrupt where Python raises, LimitExceeded
 */
export function scanMsgpack(bytes: Uint8Array, limits: Limits): MsgpackSource {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const scan: Scan = { bytes, view, limits, nodes: new Uint32Array(64 * STRIDE), used: 0, at: 0 };
  const open: Open[] = [];
  do {
    const left = readValue(scan);
    if (left > 0) open.push({ node: scan.used - STRIDE, left });
    if (open.length > Math.min(limits.depth, PYTHON_DEPTH)) throw tooMuch(`nested more than ${Math.min(limits.depth, PYTHON_DEPTH)} deep`);
    closeFinished(scan, open, left > 0);
  } while (open.length > 0);
  if (scan.at !== bytes.length) throw corrupt(scan.at, 'more bytes follow the value');
  return { bytes, view, nodes: scan.nodes.subarray(0, scan.used) };
}

/** After a value: takes one from the innermost container, and ends the containers that are complete. */
function closeFinished(scan: Scan, open: Open[], opened: boolean): void {
  if (opened) return;
  for (let innermost = open.at(-1); innermost !== undefined; innermost = open.at(-1)) {
    innermost.left--;
    if (innermost.left > 0) return;
    open.pop();
    scan.nodes[innermost.node + 3] = scan.at;
    scan.nodes[innermost.node + 4] = scan.used;
  }
}

/** Reads the head of one value (all of it, if it is no container) and answers how many values belong inside. */
function readValue(scan: Scan): number {
  const start = scan.at;
  const first = scan.bytes[start];
  if (first === undefined) throw corrupt(start, 'it ends early');
  scan.at++;
  if (first < 0x80 || first >= 0xe0) return push(scan, INT, start, 0);
  if (first < 0x90) return push(scan, MAP, start, 0, (first & 15) * 2);
  if (first < 0xa0) return push(scan, ARRAY, start, 0, first & 15);
  if (first < 0xc0) return push(scan, STR, start, first & 31);
  return readWide(scan, start, first);
}

function readWide(scan: Scan, start: number, first: number): number {
  switch (first) {
    case 0xc0:
      return push(scan, NIL, start, 0);
    case 0xc2:
    case 0xc3:
      return push(scan, first === 0xc2 ? FALSE : TRUE, start, 0);
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return push(scan, BIN, start, length(scan, first - 0xc4));
    case 0xc7:
    case 0xc8:
    case 0xc9:
      return push(scan, EXT, start, length(scan, first - 0xc7) + 1);
    case 0xca:
    case 0xcb:
      return push(scan, FLOAT, start, first === 0xca ? 4 : 8);
    case 0xcc:
    case 0xcd:
    case 0xce:
    case 0xcf:
      return push(scan, INT, start, 1 << (first - 0xcc));
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3:
      return push(scan, INT, start, 1 << (first - 0xd0));
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return push(scan, EXT, start, (1 << (first - 0xd4)) + 1);
    case 0xd9:
    case 0xda:
    case 0xdb:
      return push(scan, STR, start, length(scan, first - 0xd9));
    case 0xdc:
    case 0xdd:
      return push(scan, ARRAY, start, 0, length(scan, first - 0xdc + 1));
    case 0xde:
    case 0xdf:
      return push(scan, MAP, start, 0, length(scan, first - 0xde + 1) * 2);
    default:
      throw corrupt(start, `byte ${first.toString(16)} begins no value`);
  }
}

/** A big-endian length of 1, 2 or 4 bytes (`power` 0, 1, 2). */
function length(scan: Scan, power: number): number {
  const at = scan.at;
  scan.at += 1 << power;
  if (scan.at > scan.bytes.length) throw corrupt(at, 'it ends early');
  return power === 0 ? scan.view.getUint8(at) : power === 1 ? scan.view.getUint16(at) : scan.view.getUint32(at);
}

function push(scan: Scan, kind: number, start: number, size: number, values = 0): number {
  const content = scan.at;
  // Every value takes at least one byte: a container cannot hold more of them than bytes are left.
  if (size + values > scan.bytes.length - content) throw corrupt(start, 'it ends early');
  scan.at += size;
  if (kind === STR) checkUtf8(scan.bytes, content, scan.at);
  if (scan.used / STRIDE >= scan.limits.nodes) throw tooMuch(`more than ${scan.limits.nodes} values`);
  if (scan.used === scan.nodes.length) {
    const grown = new Uint32Array(scan.nodes.length * 2);
    grown.set(scan.nodes);
    scan.nodes = grown;
  }
  const node = scan.used;
  scan.used += STRIDE;
  scan.nodes.set([kind, start, content, scan.at, scan.used], node);
  return values;
}

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** raw=False decodes strictly: UnicodeDecodeError otherwise. */
function checkUtf8(bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    if ((bytes[at] as number) < 0x80) continue;
    try {
      STRICT_UTF8.decode(bytes.subarray(start, end));
      return;
    } catch (cause) {
      throw corrupt(start, 'a str is not UTF-8', cause);
    }
  }
}

function corrupt(at: number, what: string, cause?: unknown): InspectorError {
  return new InspectorError('Corrupt', `Not MessagePack: ${what} (byte ${at})`, {
    hint: 'msgpack.loads() refuses it as well, so the site takes the session for empty. Check SERIALIZER in the CACHES options.',
    cause,
  });
}

function tooMuch(what: string): InspectorError {
  return new InspectorError('LimitExceeded', `The MessagePack payload is ${what.startsWith('nested') ? what : `of ${what}`}`, {
    hint: 'It was left as it is. The stored bytes can still be copied and deleted.',
  });
}

export function kindOf(source: MsgpackSource, node: number): number {
  return source.nodes[node] as number;
}

export function startOf(source: MsgpackSource, node: number): number {
  return source.nodes[node + 1] as number;
}

/** where the content begins, behind type and length */
export function contentOf(source: MsgpackSource, node: number): number {
  return source.nodes[node + 2] as number;
}

export function endOf(source: MsgpackSource, node: number): number {
  return source.nodes[node + 3] as number;
}

/** The direct children of a container, in order; of a map its keys and values in turn. */
export function childrenOf(source: MsgpackSource, node: number): number[] {
  const children: number[] = [];
  const end = source.nodes[node + 4] as number;
  for (let child = node + STRIDE; child < end; child = source.nodes[child + 4] as number) children.push(child);
  return children;
}

/** The values of a container, in order, with their keys if it is a map: what paths count. */
export function entriesOf(source: MsgpackSource, node: number): readonly Readonly<{ key: number | null; value: number }>[] {
  const kind = kindOf(source, node);
  if (kind !== MAP && kind !== ARRAY) return [];
  const children = childrenOf(source, node);
  if (kind === ARRAY) return children.map((value) => ({ key: null, value }));
  return Array.from({ length: children.length / 2 }, (_, index) => ({
    key: children[index * 2] as number,
    value: children[index * 2 + 1] as number,
  }));
}

export function strOf(source: MsgpackSource, node: number): string {
  return STRICT_UTF8.decode(source.bytes.subarray(contentOf(source, node), endOf(source, node)));
}

/** The bytes of a bin; of an extension without its type. */
export function binOf(source: MsgpackSource, node: number): Uint8Array {
  const skip = kindOf(source, node) === EXT ? 1 : 0;
  return source.bytes.subarray(contentOf(source, node) + skip, endOf(source, node));
}

/** The application's type number of an extension, -128 to 127; -1 is the timestamp. */
export function extensionOf(source: MsgpackSource, node: number): number {
  return source.view.getInt8(contentOf(source, node));
}

export function intOf(source: MsgpackSource, node: number): bigint {
  const { view } = source;
  const start = startOf(source, node);
  const first = view.getUint8(start);
  const at = start + 1;
  if (first < 0x80) return BigInt(first);
  if (first >= 0xe0) return BigInt(first - 0x100);
  const unsigned = first < 0xd0;
  switch ((first - 0xcc) & 3) {
    case 0:
      return BigInt(unsigned ? view.getUint8(at) : view.getInt8(at));
    case 1:
      return BigInt(unsigned ? view.getUint16(at) : view.getInt16(at));
    case 2:
      return BigInt(unsigned ? view.getUint32(at) : view.getInt32(at));
    default:
      return unsigned ? view.getBigUint64(at) : view.getBigInt64(at);
  }
}

export function floatOf(source: MsgpackSource, node: number): number {
  const at = contentOf(source, node);
  return endOf(source, node) - at === 4 ? source.view.getFloat32(at) : source.view.getFloat64(at);
}

/**
 * A timestamp (extension -1) as nanoseconds since the epoch, UTC, or null where it is none of the three forms.
 */
export function timestampOf(source: MsgpackSource, node: number): bigint | null {
  if (kindOf(source, node) !== EXT || extensionOf(source, node) !== -1) return null;
  const at = contentOf(source, node) + 1;
  const size = endOf(source, node) - at;
  if (size === 4) return BigInt(source.view.getUint32(at)) * 1_000_000_000n;
  if (size === 8) {
    const both = source.view.getBigUint64(at);
    return (both & 0x3ffffffffn) * 1_000_000_000n + (both >> 34n);
  }
  if (size === 12) return source.view.getBigInt64(at + 4) * 1_000_000_000n + BigInt(source.view.getUint32(at));
  return null;
}
