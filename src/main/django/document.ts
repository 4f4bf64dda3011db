import type { InspectorError } from '../errors.ts';
import type { Sentence } from './sentences.ts';

export type { Sentence, SentenceCode } from './sentences.ts';

/**
 * The one document model for what a session holds, whatever serializer wrote it. A document keeps the source of every
 * part (JSON text slice, pickle opcodes, msgpack bytes): encoding an unedited document gives the identical payload, and
 * after an edit only the edited part differs. Implementations: serializers/json, serializers/pickle, serializers/msgpack.
 */

export type SerializerName = 'json' | 'pickle' | 'msgpack';

/** Plain Python types by their own names; then what only a pickle can hold, as an inert node. */
export type ValueType =
  | 'NoneType'
  | 'bool'
  | 'int'
  | 'float'
  | 'complex'
  | 'str'
  | 'bytes'
  | 'bytearray'
  | 'list'
  | 'tuple'
  | 'dict'
  | 'set'
  | 'frozenset'
  | 'datetime'
  | 'date'
  | 'time'
  | 'timedelta'
  | 'timezone'
  | 'Decimal'
  | 'UUID'
  | 'OrderedDict'
  | 'defaultdict'
  | 'namedtuple'
  | 'lazy'
  | 'model'
  /** any other class or call: `class` names it; children are labelled args, kwargs, state, listitems, dictitems, setitems */
  | 'object'
  /** a class or function named, not called */
  | 'global'
  /** 8-bit string of Python 2 (text = base64) */
  | 'str2'
  /** the same object again (shared or cyclic): `ref` says which */
  | 'reference'
  | 'persistent id'
  | 'extension'
  | 'buffer';

/**
 * One value as a person sees it. JSON-safe and bounded: it crosses process boundaries as it is.
 * `text` is exact: int digits, float as Python's repr (or the JSON source token), the str itself (lone surrogates
 * included), base64 for bytes, isoformat for dates, the class path for global.
 */
export type ValueNode = Readonly<{
  type: ValueType;
  text?: string;
  /** dotted path of the class, for object, model, namedtuple, global and subclasses of plain types */
  class?: string;
  /** In order. A path is a list of indexes into `children`, starting at the root's. */
  children?: readonly ValueChild[];
  /** children not listed, because the view has a limit; they are kept by the document all the same */
  omitted?: number;
  /** number of this object where it is referenced more than once; `reference` nodes carry the number of their target */
  ref?: number;
  /** true where `set` may replace this value; removal is possible wherever the parent is a dict, list or set */
  editable: boolean;
  /** where a person needs it: "runs code when Django loads it", "duplicate key: Python keeps the last" */
  notes?: readonly Sentence[];
}>;

export type ValueChild = Readonly<{
  /** dict-like parents: the key */
  key?: ValueNode;
  /** object parents: args, kwargs, state, listitems, dictitems, setitems; namedtuple and model: the field's name */
  label?: string;
  value: ValueNode;
}>;

/** A value typed by a person. `text` follows ValueNode.text; json is JSON text as Python reads it, of any shape. */
export type NewValue = Readonly<{
  type: 'json' | 'NoneType' | 'bool' | 'int' | 'float' | 'str' | 'bytes' | 'datetime' | 'date' | 'time' | 'Decimal' | 'UUID' | 'tuple';
  text: string;
}>;

export type Edit =
  | Readonly<{ op: 'set'; path: readonly number[]; value: NewValue }>
  /** adds to the container at `path`: dicts need `key`; lists append, or insert before `at` */
  | Readonly<{
      op: 'add';
      path: readonly number[];
      key?: NewValue;
      value: NewValue;
      at?: number;
    }>
  | Readonly<{ op: 'remove'; path: readonly number[] }>
  | Readonly<{ op: 'rename'; path: readonly number[]; key: NewValue }>
  /** the whole document from the text view (JSON only): parts that mean the same keep their source */
  | Readonly<{ op: 'text'; text: string }>;

export type Warning = Readonly<{
  /** runs-code: loading it calls something that is not plain data; odd: Django reads it, but would not have written it */
  code: 'runs-code' | 'imports' | 'duplicate-key' | 'non-ascii' | 'non-finite' | 'trailing-bytes' | 'not-a-dict' | 'expands' | 'odd';
  says: Sentence;
}>;

export interface SessionDocument {
  readonly serializer: SerializerName;
  /** the exact bytes: those it was parsed from where nothing was edited */
  readonly payload: Uint8Array;
  readonly warnings: readonly Warning[];
  /** the typed tree, at most `limit` nodes of it (default LIMITS.viewNodes) */
  view(limit?: number): ValueNode;
  /** JSON: readable text of the same data (indented, exact number tokens), accepted back by `{ op: 'text' }`.
   *  pickle, msgpack: Python-like text, for reading and copying only. */
  text(): string;
  /** a new document in which only this differs @throws InspectorError BadValue, BadPath, NotEditable, LimitExceeded */
  edit(edit: Edit): SessionDocument;
  /** the index path of a str key of the root dict, or null; of duplicates the one Python keeps */
  find(key: string): readonly number[] | null;
  /** the node at a path @throws InspectorError BadPath */
  at(path: readonly number[]): ValueNode;
  /** why Python refuses a payload that parses here all the same (an int of too many digits), or null; absent where it never does */
  refusal?(): InspectorError | null;
  /** the value in the fixtures' typed-JSON notation ("what Python holds"); null where it cannot be said without running code */
  typed(): unknown;
}

/** Bounds for hostile data; every decoder takes them as an argument so that tests can lower them. */
export type Limits = Readonly<{
  /** bytes of payload before decompression */
  storedBytes: number;
  /** bytes after decompression */
  payloadBytes: number;
  depth: number;
  /** nodes (pickle objects, JSON values) of one document */
  nodes: number;
  /** nodes that one view carries to the window */
  viewNodes: number;
  /** milliseconds for one decode; checked against a monotonic clock handed in, where one is */
  milliseconds: number;
}>;

/** Chosen so that whatever is stored costs less than a second and 64 MB beyond its own size to decode. */
export const LIMITS: Limits = {
  storedBytes: 64 * 1024 * 1024,
  payloadBytes: 16 * 1024 * 1024,
  depth: 1000,
  nodes: 500_000,
  viewNodes: 20_000,
  milliseconds: 1000,
};
