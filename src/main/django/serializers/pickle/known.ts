import type { ValueType } from '../../document.ts';
import { say } from '../../sentences.ts';
import { floatRepr } from '../json/float-repr.ts';
import { type Call, isBare } from './call.ts';
import { contentsOf } from './contents.ts';
import { decimalText } from './decimal-text.ts';
import { DATE_TYPES } from './known-dates.ts';
import { DJANGO_CALLS, DJANGO_MADE } from './known-django.ts';
import { pathOf } from './names.ts';
import { KIND } from './opcodes.ts';
import { bytesIn, isStr, kindIn, plainObject, type Recogniser, stateObject } from './recognise.ts';
import { leaf, type Shape } from './shape.ts';
import type { Tools } from './shapes.ts';
import { objectIn, operandsOf, type Tape } from './tape.ts';
import { encodeLatin1, encodeUtf8 } from './text.ts';
import { floatOf, intTextOf, strOf } from './values.ts';

/**
 * The calls that are known to be harmless, by what is called: loading them makes plain data and runs no code of a
 * site. Everything else, and any of these called in another way than Python's pickler does, is shown inert and carries
 * the warning that it runs code. The list is documented in docs; it is section 20 of the reference and no more.
 */
const CALLS: Readonly<Record<string, Recogniser>> = {
  '_codecs.encode': encodedBytes,
  'builtins.bytes': (call, tools) => (isBare(call) && call.args?.length === 0 ? tools.bytesShape('bytes', new Uint8Array()) : null),
  'builtins.bytearray': byteArray,
  'builtins.set': (call, tools) => setOf(call, tools, 'set'),
  'builtins.frozenset': (call, tools) => setOf(call, tools, 'frozenset'),
  'builtins.complex': complexNumber,
  'builtins.range': (call) => plainObject(call, null),
  'builtins.slice': (call) => plainObject(call, null),
  'builtins.object': (call) => (call.args?.length === 0 ? plainObject(call, null) : null),
  'builtins.getattr': attribute,
  'fractions.Fraction': (call) => plainObject(call, null),
  'decimal.Decimal': decimal,
  'collections.OrderedDict': orderedDict,
  'collections.defaultdict': defaultDict,
  'collections.Counter': counter,
  'collections.deque': deque,
  'types.SimpleNamespace': (call) => (call.args?.length === 0 ? stateObject(call) : null),
  ...Object.fromEntries(
    ['PurePath', 'PurePosixPath', 'PureWindowsPath', 'Path', 'PosixPath', 'WindowsPath'].map((name) => [
      `pathlib.${name}`,
      (call: Call) => plainObject(call, null),
    ]),
  ),
  ...DATE_TYPES,
  ...DJANGO_CALLS,
};

/** The same for objects made by __new__() instead of a call: NEWOBJ, and copyreg._reconstructor() of protocols 0 and 1. */
const MADE: Readonly<Record<string, Recogniser>> = { 'uuid.UUID': uuid, ...DJANGO_MADE };

const KNOWN_CALLS: ReadonlyMap<string, Recogniser> = new Map(Object.entries(CALLS));
const KNOWN_MADE: ReadonlyMap<string, Recogniser> = new Map(Object.entries(MADE));

/** Exceptions of Python itself: their constructors keep their arguments and no more. */
const EXCEPTION = /^builtins\.[A-Z][A-Za-z]*(Error|Exception|Warning|Exit|Interrupt|Iteration)$/;

/** Types whose mere name is harmless, as the factory of a defaultdict or as a value. */
const PLAIN_TYPES: ReadonlySet<string> = new Set(
  ['bool', 'int', 'float', 'complex', 'str', 'bytes', 'bytearray', 'list', 'tuple', 'dict', 'set', 'frozenset', 'object'].map(
    (name) => `builtins.${name}`,
  ),
);

/** The shape of a known harmless call, or null. */
export function knownShape(call: Call, tools: Tools): Shape | null {
  if (call.path === null) return null;
  if (call.via === 'inst') return null;
  if (call.via !== 'call') return KNOWN_MADE.get(call.path)?.(call, tools) ?? null;
  if (EXCEPTION.test(call.path)) return plainObject(call, { $dict: [] });
  return KNOWN_CALLS.get(call.path)?.(call, tools) ?? null;
}

/** True for what may be imported without a word: types of Python that are plain data, and what the known calls name. */
export function isKnownName(path: string): boolean {
  return PLAIN_TYPES.has(path) || KNOWN_CALLS.has(path) || KNOWN_MADE.has(path) || EXCEPTION.test(path) || MORE_NAMES.has(path);
}

const MORE_NAMES: ReadonlySet<string> = new Set([
  'copyreg._reconstructor',
  'copyreg.__newobj__',
  'zoneinfo.ZoneInfo',
  'zoneinfo.ZoneInfo._unpickle',
  'builtins.Ellipsis',
  'builtins.NotImplemented',
  'builtins.len',
]);

/** Protocols 0 to 2 have no bytes: they write `_codecs.encode(text, "latin1")`. */
function encodedBytes(call: Call, tools: Tools): Shape | null {
  const [text, encoding] = call.args ?? [];
  if (!isBare(call) || call.args?.length !== 2 || kindIn(call.tape, text) !== KIND.STR || kindIn(call.tape, encoding) !== KIND.STR)
    return null;
  const name = strOf(call.tape, objectIn(call.tape, encoding ?? 0))
    .toLowerCase()
    .replaceAll(/[-_]/g, '');
  const source = strOf(call.tape, objectIn(call.tape, text ?? 0));
  if (name === 'utf8') return tools.bytesShape('bytes', encodeUtf8(source));
  const bytes = name === 'latin1' ? encodeLatin1(source) : null;
  return bytes === null ? null : tools.bytesShape('bytes', bytes);
}

/** bytearray(), bytearray(bytes) of Python 3, bytearray(text, "latin-1") of Python 2. */
function byteArray(call: Call, tools: Tools): Shape | null {
  if (!isBare(call) || call.args === null || call.args.length > 2) return null;
  if (call.args.length === 0) return tools.bytesShape('bytearray', new Uint8Array());
  const [value = 0] = call.args;
  if (call.args.length === 2) {
    const bytes = kindIn(call.tape, value) === KIND.STR ? encodeLatin1(strOf(call.tape, objectIn(call.tape, value))) : null;
    return bytes === null ? null : tools.bytesShape('bytearray', bytes);
  }
  const bytes = bytesIn(call.tape, value, tools);
  return bytes === null ? null : tools.bytesShape('bytearray', bytes);
}

/** set([..]) and frozenset([..]) of protocols 0 to 3. */
function setOf(call: Call, tools: Tools, type: 'set' | 'frozenset'): Shape | null {
  if (!isBare(call) || call.args === null || call.args.length > 1) return null;
  const [list] = call.args;
  if (list === undefined)
    return { type, parts: [], container: { kind: 'set', object: call.object, fixed: 'This empty set has no list to add to' } };
  if (kindIn(call.tape, list) !== KIND.LIST) return null;
  const object = objectIn(call.tape, list);
  const fixed = type === 'frozenset' ? { fixed: 'A frozenset cannot change; set the whole value' } : {};
  return { type, parts: tools.distinct(call.tape, contentsOf(call.tape, object).items), container: { kind: 'list', object, ...fixed } };
}

function complexNumber(call: Call): Shape | null {
  const [real, imaginary] = call.args ?? [];
  if (!isBare(call) || call.args?.length !== 2 || kindIn(call.tape, real) !== KIND.FLOAT || kindIn(call.tape, imaginary) !== KIND.FLOAT)
    return null;
  const parts = [real ?? 0, imaginary ?? 0].map((slot) => floatOf(call.tape, objectIn(call.tape, slot)));
  return leaf('complex', complexRepr(parts[0] ?? 0, parts[1] ?? 0), { $complex: parts.map(floatRepr) });
}

/** CPython Objects/complexobject.c complex_repr(). */
function complexRepr(real: number, imaginary: number): string {
  const short = (value: number) => floatRepr(value).replace(/\.0$/, '');
  if (Object.is(real, 0)) return `${short(imaginary)}j`;
  const sign = Object.is(imaginary, -0) || imaginary < 0 ? '' : '+';
  return `(${short(real)}${sign}${short(imaginary)}j)`;
}

/** getattr(ZoneInfo, "_unpickle") and the nested classes of protocols below 4: a name, not a call that does anything. */
function attribute(call: Call): Shape | null {
  const path = isBare(call) ? pathOf(call.tape, call.object) : null;
  return path === null ? null : { type: 'global', text: path, class: path, typed: null, repr: path };
}

function decimal(call: Call): Shape | null {
  const [text] = call.args ?? [];
  if (!isBare(call) || call.args?.length !== 1 || text === undefined) return null;
  const kind = kindIn(call.tape, text);
  if (kind !== KIND.STR && kind !== KIND.STR2) return null;
  const digits = decimalText(strOf(call.tape, objectIn(call.tape, text)));
  if (digits === null) return null;
  return leaf('Decimal', digits, { $decimal: digits }, { repr: `Decimal('${digits}')` });
}

/** Lib/uuid.py UUID.__getstate__(): the number, and `is_safe` where the system said so. */
function uuid(call: Call): Shape | null {
  const { states, items, keys, members } = call.contents;
  const [state] = states;
  if (
    !isFresh(call) ||
    state === undefined ||
    states.length > 1 ||
    items.length + keys.length + members.length > 0 ||
    kindIn(call.tape, state) !== KIND.DICT
  )
    return null;
  const held = contentsOf(call.tape, objectIn(call.tape, state));
  const [key, safety] = held.keys;
  const [value, level] = held.values;
  const isSafe = safety === undefined || (isStr(call.tape, safety, 'is_safe') && kindIn(call.tape, level) === KIND.INT);
  if (!isSafe || held.keys.length > 2 || !isStr(call.tape, key, 'int') || kindIn(call.tape, value) !== KIND.INT) return null;
  const hex = hexOf(intTextOf(call.tape, objectIn(call.tape, value ?? 0)));
  if (hex === null) return null;
  const text = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return leaf('UUID', text, { $uuid: text }, { repr: `UUID('${text}')` });
}

/** Made by object.__new__() without arguments. */
function isFresh(call: Call): boolean {
  if (call.via === 'new') return call.args?.length === 0 && call.kwargs === null;
  return call.base === 'builtins.object' && kindIn(call.tape, call.args?.[0]) === KIND.NONE;
}

function hexOf(decimalText: string | null): string | null {
  if (decimalText === null || !/^\d{1,39}$/.test(decimalText)) return null;
  const hex = BigInt(decimalText).toString(16).padStart(32, '0');
  return hex.length === 32 ? hex : null;
}

function orderedDict(call: Call, tools: Tools): Shape | null {
  const { keys, values, items, members, states } = call.contents;
  if (call.kwargs !== null || call.args === null || items.length + members.length + states.length > 0) return null;
  if (call.args.length === 0) return tools.dictShape(call.tape, 'OrderedDict', call.object, keys, values);
  // Python 2 wrote OrderedDict([[key, value], ..]).
  const [list] = call.args;
  if (call.args.length > 1 || keys.length > 0 || kindIn(call.tape, list) !== KIND.LIST) return null;
  const pairs = contentsOf(call.tape, objectIn(call.tape, list ?? 0)).items.map((slot) => pairOf(call.tape, slot));
  if (pairs.some((pair) => pair.length !== 2)) return null;
  const shape = tools.dictShape(
    call.tape,
    'OrderedDict',
    call.object,
    pairs.map((pair) => pair[0] ?? 0),
    pairs.map((pair) => pair[1] ?? 0),
  );
  return {
    ...shape,
    container: {
      kind: 'dict',
      object: call.object,
      fixed: 'An OrderedDict of Python 2 keeps its items in a list; only its values can be set',
    },
  };
}

function pairOf(tape: Tape, slot: number): readonly number[] {
  const kind = kindIn(tape, slot);
  if (kind === KIND.LIST) return contentsOf(tape, objectIn(tape, slot)).items;
  return kind === KIND.TUPLE ? operandsOf(tape, objectIn(tape, slot)) : [];
}

function defaultDict(call: Call, tools: Tools): Shape | null {
  const { keys, values, items, members, states } = call.contents;
  if (call.kwargs !== null || call.args === null || call.args.length > 1 || items.length + members.length + states.length > 0) return null;
  const [factory] = call.args;
  const isNone = factory === undefined || kindIn(call.tape, factory) === KIND.NONE;
  const path = isNone ? 'None' : pathOf(call.tape, objectIn(call.tape, factory));
  // A factory runs whenever a key is missing: os.system as factory is no plain data.
  if (path === null || (!isNone && !PLAIN_TYPES.has(path))) return null;
  const shape = tools.dictShape(call.tape, 'defaultdict', call.object, keys, values);
  return { ...shape, class: 'collections.defaultdict', notes: [say('note-default-factory', { factory: path }), ...(shape.notes ?? [])] };
}

function counter(call: Call, tools: Tools): Shape | null {
  const [dict] = call.args ?? [];
  if (!isBare(call) || call.args === null || call.args.length > 1) return null;
  if (dict !== undefined && kindIn(call.tape, dict) !== KIND.DICT) return null;
  const object = dict === undefined ? call.object : objectIn(call.tape, dict);
  const { keys, values } = contentsOf(call.tape, object);
  return { ...tools.dictShape(call.tape, 'dict', object, keys, values), class: 'collections.Counter' };
}

function deque(call: Call): Shape | null {
  const { keys, items, members, states } = call.contents;
  const [start, most] = call.args ?? [];
  if (call.kwargs !== null || call.args === null || call.args.length > 2 || keys.length + members.length + states.length > 0) return null;
  if (start !== undefined && !isEmptyTuple(call.tape, start)) return null;
  const bound = most === undefined || kindIn(call.tape, most) === KIND.NONE ? null : intTextOf(call.tape, objectIn(call.tape, most));
  if (most !== undefined && bound === null && kindIn(call.tape, most) !== KIND.NONE) return null;
  const type: ValueType = 'list';
  const note = bound === null ? say('note-deque') : say('note-bounded-deque', { items: bound });
  return {
    type,
    class: 'collections.deque',
    parts: items,
    container: { kind: 'list', object: call.object },
    notes: [note],
    typed: { $object: 'collections.deque', state: null },
  };
}

function isEmptyTuple(tape: Tape, slot: number): boolean {
  return kindIn(tape, slot) === KIND.TUPLE && operandsOf(tape, objectIn(tape, slot)).length === 0;
}
