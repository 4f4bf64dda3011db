import { bufferOf } from '../../base64.ts';
import type { ValueChild, ValueNode, Warning } from '../../document.ts';
import { type Sentence, say } from '../../sentences.ts';
import { floatRepr } from '../json/float-repr.ts';
import {
  ARRAY,
  BIN,
  binOf,
  EXT,
  entriesOf,
  extensionOf,
  FALSE,
  FLOAT,
  floatOf,
  INT,
  intOf,
  kindOf,
  MAP,
  type MsgpackSource,
  NIL,
  STR,
  STRIDE,
  strOf,
  TRUE,
  timestampOf,
} from './reader.ts';

type Building = { -readonly [K in keyof ValueNode]: ValueNode[K] };

const DUPLICATE = say('note-duplicate');
const STRICT_KEY = say('note-msgpack-key');

/** The typed tree under a node, at most `limit` nodes of it, what is nearer to the root first. */
export function viewMsgpack(source: MsgpackSource, root: number, limit: number): ValueNode {
  const top = shallow(source, root);
  let left = limit - 1;
  const queue: { node: number; view: Building }[] = [{ node: root, view: top }];
  for (let index = 0; index < queue.length; index++) {
    const { node, view } = queue[index] as (typeof queue)[number]; // index < length
    if (view.type !== 'dict' && view.type !== 'list') continue;
    const entries = entriesOf(source, node);
    const cost = view.type === 'dict' ? 2 : 1;
    const shown = entries.slice(0, Math.max(0, Math.floor(left / cost)));
    left -= shown.length * cost;
    const last = lastOfEach(source, entries);
    view.children = shown.map(({ key, value }): ValueChild => {
      const child = shallow(source, value);
      queue.push({ node: value, view: child });
      if (key === null) return { value: child };
      if (last.get(keyText(source, key)) !== value) child.notes = [DUPLICATE];
      return { key: keyView(source, key), value: child };
    });
    if (shown.length < entries.length) view.omitted = entries.length - shown.length;
  }
  return top;
}

/** Of each key of a dict the value that Python keeps. */
function lastOfEach(source: MsgpackSource, entries: ReturnType<typeof entriesOf>): ReadonlyMap<string, number> {
  return new Map(entries.flatMap(({ key, value }) => (key === null ? [] : [[keyText(source, key), value]])));
}

/** What makes two keys equal in Python, as text: 1, 1.0 and True are one key. */
export function keyText(source: MsgpackSource, key: number): string {
  switch (kindOf(source, key)) {
    case STR:
      return `s${strOf(source, key)}`;
    case TRUE:
    case FALSE:
      return kindOf(source, key) === TRUE ? 'n1' : 'n0';
    case INT:
      return `n${intOf(source, key)}`;
    case FLOAT: {
      const value = floatOf(source, key);
      return Number.isInteger(value) ? `n${BigInt(value)}` : `n${value}`;
    }
    default:
      return `b${bufferOf(source.bytes.subarray(source.nodes[key + 1], source.nodes[key + 3])).toString('latin1')}`;
  }
}

function keyView(source: MsgpackSource, key: number): ValueNode {
  const view = shallow(source, key);
  const kind = kindOf(source, key);
  return kind === STR || kind === BIN ? view : { ...view, notes: [STRICT_KEY] };
}

function shallow(source: MsgpackSource, node: number): Building {
  const editable = true;
  switch (kindOf(source, node)) {
    case NIL:
      return { type: 'NoneType', text: 'None', editable };
    case FALSE:
    case TRUE:
      return { type: 'bool', text: kindOf(source, node) === TRUE ? 'True' : 'False', editable };
    case INT:
      return { type: 'int', text: String(intOf(source, node)), editable };
    case FLOAT:
      return { type: 'float', text: floatRepr(floatOf(source, node)), editable };
    case STR:
      return { type: 'str', text: strOf(source, node), editable };
    case BIN:
      return { type: 'bytes', text: bufferOf(binOf(source, node)).toString('base64'), editable };
    case ARRAY:
      return { type: 'list', editable };
    case MAP:
      return { type: 'dict', editable };
    default:
      return extension(source, node);
  }
}

function extension(source: MsgpackSource, node: number): Building {
  const moment = timestampOf(source, node);
  const text = bufferOf(binOf(source, node)).toString('base64');
  if (moment === null)
    return {
      type: 'extension',
      class: 'msgpack.ext.ExtType',
      text,
      editable: true,
      notes: [say('note-extension', { type: extensionOf(source, node) })],
    };
  return {
    type: 'extension',
    class: 'msgpack.ext.Timestamp',
    text,
    editable: true,
    notes: [say('note-timestamp', { nanoseconds: String(moment) })],
  };
}

/** What a person should know about a payload that msgpack reads, but a site may not. */
export function msgpackWarnings(source: MsgpackSource): readonly Warning[] {
  const warnings: Warning[] = [];
  const warn = (code: Warning['code'], says: Sentence) => warnings.push({ code, says });
  if (kindOf(source, 0) !== MAP) warn('not-a-dict', say('warning-not-a-dict'));
  let strict = false;
  let duplicate = false;
  let nonFinite = false;
  for (let node = 0; node < source.nodes.length; node += STRIDE) {
    if (kindOf(source, node) === FLOAT && !Number.isFinite(floatOf(source, node))) nonFinite = true;
    if (kindOf(source, node) !== MAP) continue;
    const entries = entriesOf(source, node);
    strict ||= entries.some(({ key }) => key !== null && kindOf(source, key) !== STR && kindOf(source, key) !== BIN);
    duplicate ||= lastOfEach(source, entries).size < entries.length;
  }
  if (strict) warn('odd', say('warning-msgpack-key'));
  if (duplicate) warn('duplicate-key', say('warning-duplicates'));
  if (nonFinite) warn('non-finite', say('warning-non-finite'));
  return warnings;
}

/** The value in the fixtures' typed-JSON notation; an extension has none, so it makes the whole null. */
export function typedMsgpack(source: MsgpackSource): unknown {
  for (let node = 0; node < source.nodes.length; node += STRIDE) if (kindOf(source, node) === EXT) return null;
  return typedNode(source, 0);
}

function typedNode(source: MsgpackSource, node: number): unknown {
  switch (kindOf(source, node)) {
    case NIL:
      return null;
    case FALSE:
    case TRUE:
      return kindOf(source, node) === TRUE;
    case INT: {
      const value = intOf(source, node);
      return Number.isSafeInteger(Number(value)) ? Number(value) : { $int: String(value) };
    }
    case FLOAT:
      return { $float: floatRepr(floatOf(source, node)) };
    case STR:
      return strOf(source, node);
    case BIN:
      return { $bytes: bufferOf(binOf(source, node)).toString('base64') };
    case ARRAY:
      return entriesOf(source, node).map(({ value }) => typedNode(source, value));
    default: {
      const entries = new Map<string, [unknown, unknown]>();
      for (const { key, value } of entriesOf(source, node)) {
        const text = keyText(source, key as number); // a map's entries have keys
        entries.set(text, [entries.get(text)?.[0] ?? typedNode(source, key as number), typedNode(source, value)]);
      }
      return { $dict: [...entries.values()] };
    }
  }
}
