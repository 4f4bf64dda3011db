import { limit } from './errors.ts';
import { writeBool, writeByteArray, writeBytes, writeFloat, writeInt, writeText } from './leaf-writer.ts';
import { made } from './made.ts';
import { type MemoStyle, memoStyle, writeGet, writePut } from './memo-writer.ts';
import { OP } from './opcodes.ts';
import { line, Output } from './output.ts';
import { decodeLatin1 } from './text.ts';
import { readTyped, type Typed } from './typed-notation.ts';
import { DEEPEST } from './walk.ts';

/** Modules/_pickle.c BATCHSIZE, 3.11. */
export const BATCH = 1000;

/** Python 2's names, which CPython writes in protocols 0 to 2. */
const OLD_MODULES: ReadonlyMap<string, string> = new Map([
  ['builtins', '__builtin__'],
  ['copyreg', 'copy_reg'],
]);

/** How memo entries are written and which index comes next: a new pickle counts them, an edited one goes on where it is. */
export type MemoNumbers = Readonly<{ style: MemoStyle; next: () => number }>;

/**
 * A plain value as a whole pickle, byte for byte as CPython's C pickler writes what json.loads() gives: equal keys of
 * dicts, and texts of up to one character, are one object there, and so one memo entry here.
 * @param value in the fixtures' typed notation
 * @param protocol 0 to 5
 * @throws InspectorError BadValue for a value that only code of its class could write
 */
export function picklePlain(value: unknown, protocol: number): Uint8Array {
  const output = new Output();
  if (protocol >= 2) output.byte(OP.PROTO, protocol);
  if (protocol >= 4) output.startFraming();
  let count = 0;
  const next = () => {
    count += 1;
    return count - 1;
  };
  new PickleWriter(output, protocol, { style: memoStyle(protocol), next }).save(value);
  output.byte(OP.STOP);
  return output.finish();
}

/** What a call is given: each writes one value. */
export type Arguments = readonly (() => void)[];

/** Writes values in the way of Modules/_pickle.c save(), 3.11. */
export class PickleWriter {
  readonly protocol: number;
  readonly #output: Output;
  readonly #numbers: MemoNumbers;
  /** memo entries of what Python holds once: short texts, keys, modules, globals, UTC */
  readonly #shared = new Map<string, number>();
  #depth = 0;

  constructor(output: Output, protocol: number, numbers: MemoNumbers) {
    this.protocol = protocol;
    this.#output = output;
    this.#numbers = numbers;
  }

  /** @param value in the fixtures' typed notation @throws InspectorError BadValue, LimitExceeded */
  save(value: unknown): void {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw limit(`its values are nested more than ${DEEPEST} deep`, 'Pickle not written');
    this.#save(readTyped(value), false);
    this.#depth -= 1;
  }

  /** Writes a dict's key. */
  saveKey(key: unknown): void {
    this.#save(readTyped(key), true);
  }

  #save(typed: Typed, isKey: boolean): void {
    this.#output.boundary();
    switch (typed.kind) {
      case 'None':
        this.#output.byte(OP.NONE);
        break;
      case 'bool':
        writeBool(this.#output, this.protocol, typed.value);
        break;
      case 'int':
        writeInt(this.#output, this.protocol, typed.value);
        break;
      case 'float':
        writeFloat(this.#output, this.protocol, typed.value);
        break;
      case 'str':
        this.#text(typed.value, isKey);
        break;
      case 'bytes':
        this.#bytes(typed.value);
        break;
      case 'bytearray':
        this.#bytearray(typed.value);
        break;
      case 'list':
        this.#list(typed.items);
        break;
      case 'tuple':
        this.tuple(typed.items.map((item) => () => this.save(item)));
        break;
      case 'dict':
        this.dict(typed.pairs);
        break;
      case 'set':
      case 'frozenset':
        this.#set(typed.kind, typed.items);
        break;
      default:
        made(this, typed);
    }
  }

  /** Writes what Python holds once only the first time, and then its memo entry. @param write gives the entry's index */
  once(name: string, write: () => number): void {
    const known = this.#shared.get(name);
    if (known === undefined) {
      this.#shared.set(name, write());
      return;
    }
    this.#output.boundary();
    writeGet(this.#output, this.#numbers.style, known);
  }

  #memoize(): number {
    const index = this.#numbers.next();
    writePut(this.#output, this.#numbers.style, index);
    return index;
  }

  #text(text: string, isKey: boolean): void {
    // CPython has one object for each text of one latin-1 character, and json.loads() one for equal keys.
    const isSingle = text.length === 0 || (text.length === 1 && text <= '\xff');
    if (isSingle || isKey) {
      this.constant(text, isSingle ? 'text' : 'key');
      return;
    }
    writeText(this.#output, this.protocol, text);
    this.#memoize();
  }

  /** A text of which Python has one object. */
  constant(text: string, pool: string): void {
    this.once(`${pool}:${text}`, () => {
      this.#output.boundary();
      writeText(this.#output, this.protocol, text);
      return this.#memoize();
    });
  }

  /** save_bytes(): protocols 0 to 2 call for them. */
  #bytes(bytes: Uint8Array): void {
    if (this.protocol < 3 && bytes.length === 0) return void this.call('builtins', 'bytes', []);
    if (this.protocol < 3) {
      const text = () => this.save(decodeLatin1(bytes));
      return void this.call('_codecs', 'encode', [text, () => this.constant('latin1', 'argument')]);
    }
    writeBytes(this.#output, bytes);
    this.#memoize();
  }

  /** save_bytearray(): protocols below 5 call for them. */
  #bytearray(bytes: Uint8Array): void {
    if (this.protocol < 5) return void this.call('builtins', 'bytearray', bytes.length === 0 ? [] : [() => this.bytes(bytes)]);
    writeByteArray(this.#output, bytes);
    this.#memoize();
  }

  bytes(bytes: Uint8Array): void {
    this.#output.boundary();
    this.#bytes(bytes);
  }

  /** save_tuple(); the empty one has no memo entry. */
  tuple(items: Arguments): void {
    const short = this.protocol >= 2 ? [OP.EMPTY_TUPLE, OP.TUPLE1, OP.TUPLE2, OP.TUPLE3][items.length] : undefined;
    if (items.length === 0) {
      this.#output.byte(...(this.protocol === 0 ? [OP.MARK, OP.TUPLE] : [OP.EMPTY_TUPLE]));
      return;
    }
    if (short === undefined) this.#output.byte(OP.MARK);
    for (const item of items) item();
    this.#output.byte(short ?? OP.TUPLE);
    this.#memoize();
  }

  /** save_list(). */
  #list(items: readonly unknown[]): void {
    if (this.protocol === 0) this.#output.byte(OP.MARK, OP.LIST);
    else this.#output.byte(OP.EMPTY_LIST);
    this.#memoize();
    const isOneByOne = this.protocol === 0 || items.length === 1;
    for (let from = 0; from < items.length && !isOneByOne; from += BATCH) this.#batch(items.slice(from, from + BATCH), OP.APPENDS);
    for (const item of isOneByOne ? items : []) {
      this.save(item);
      this.#output.byte(OP.APPEND);
    }
  }

  #batch(items: readonly unknown[], op: number): void {
    this.#output.byte(OP.MARK);
    for (const item of items) this.save(item);
    this.#output.byte(op);
  }

  /** save_dict() of an exact dict. */
  dict(pairs: readonly (readonly [unknown, unknown])[]): void {
    if (this.protocol === 0) this.#output.byte(OP.MARK, OP.DICT);
    else this.#output.byte(OP.EMPTY_DICT);
    this.#memoize();
    if (this.protocol === 0 || pairs.length < 2) {
      this.#singly(pairs);
      return;
    }
    // As batch_dict_exact() does, a full last batch is followed by an empty one.
    for (let from = 0; from <= pairs.length; from += BATCH) this.#pairs(pairs.slice(from, from + BATCH));
  }

  /** batch_dict(): the items of any other mapping. */
  items(pairs: readonly (readonly [unknown, unknown])[]): void {
    if (this.protocol === 0) {
      this.#singly(pairs);
      return;
    }
    for (let from = 0; from < pairs.length; from += BATCH) {
      const batch = pairs.slice(from, from + BATCH);
      if (batch.length === 1) this.#singly(batch);
      else this.#pairs(batch);
    }
  }

  #pairs(pairs: readonly (readonly [unknown, unknown])[]): void {
    this.#output.byte(OP.MARK);
    for (const [key, value] of pairs) {
      this.saveKey(key);
      this.save(value);
    }
    this.#output.byte(OP.SETITEMS);
  }

  #singly(pairs: readonly (readonly [unknown, unknown])[]): void {
    for (const [key, value] of pairs) {
      this.saveKey(key);
      this.save(value);
      this.#output.byte(OP.SETITEM);
    }
  }

  /** save_set() and save_frozenset(): protocols below 4 call for them. */
  #set(kind: 'set' | 'frozenset', items: readonly unknown[]): void {
    if (this.protocol < 4) return void this.call('builtins', kind, [() => this.save(items)]);
    if (kind === 'frozenset') this.#batch(items, OP.FROZENSET);
    else this.#output.byte(OP.EMPTY_SET);
    this.#memoize();
    if (kind === 'frozenset' || items.length === 0) return;
    for (let from = 0; from <= items.length; from += BATCH) this.#batch(items.slice(from, from + BATCH), OP.ADDITEMS);
  }

  /** save_global(). */
  global(module: string, name: string): void {
    this.once(`global:${module}.${name}`, () => {
      this.#output.boundary();
      if (this.protocol < 4) {
        const old = this.protocol < 3 ? (OLD_MODULES.get(module) ?? module) : module;
        this.#output.write(Uint8Array.from([...line(OP.GLOBAL, old), ...line(0, name).subarray(1)]));
        return this.#memoize();
      }
      this.constant(module, 'module');
      this.#output.boundary();
      writeText(this.#output, this.protocol, name);
      this.#memoize();
      this.#output.byte(OP.STACK_GLOBAL);
      return this.#memoize();
    });
  }

  /** save_reduce(): a call that loading makes. @returns its memo index */
  call(module: string, name: string, items: Arguments): number {
    this.global(module, name);
    this.#output.boundary();
    this.tuple(items);
    this.#output.byte(OP.REDUCE);
    return this.#memoize();
  }

  /** save_reduce() of copyreg.__newobj__, and copyreg._reconstructor() before protocol 2; then its state. */
  newObject(module: string, name: string, state: readonly (readonly [unknown, unknown])[]): void {
    if (this.protocol < 2) {
      const object = () => this.global('builtins', 'object');
      this.call('copyreg', '_reconstructor', [() => this.global(module, name), object, () => this.save(null)]);
    } else {
      this.global(module, name);
      this.#output.boundary();
      this.#output.byte(OP.EMPTY_TUPLE, OP.NEWOBJ);
      this.#memoize();
    }
    this.#output.boundary();
    this.dict(state);
    this.#output.byte(OP.BUILD);
  }
}
