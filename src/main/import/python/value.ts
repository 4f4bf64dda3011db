/**
 * What a Python expression of a settings module is worth, as far as it can be told without running it. Text and paths are
 * both text, lists and tuples both lists: a profile needs no more.
 */
export type PythonValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PythonValue[]
  | PythonDict
  | Reference
  | EnvReader
  | BoundMethod
  | Unknown;

/** Keys that are no text are their repr: settings have none that matter. Python's dicts change in place, and so does this. */
export type PythonDict = Map<string, PythonValue>;

/** Something that was imported, or is built in, by its full name: `os.environ.get`. */
export class Reference {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }
}

/** django-environ's and environs' Env(): reads variables, some with a type and a default of their own. */
export class EnvReader {
  readonly schemes: ReadonlyMap<string, readonly PythonValue[]>;

  constructor(schemes: ReadonlyMap<string, readonly PythonValue[]>) {
    this.schemes = schemes;
  }
}

/** `value.name`, which is about to be called. */
export class BoundMethod {
  readonly target: PythonValue;
  readonly name: string;

  constructor(target: PythonValue, name: string) {
    this.target = target;
    this.name = name;
  }
}

/** What cannot be told, and why: one clause without a full stop. */
export class Unknown {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Characters of a text, and entries of a list or dict, that are worked with: a settings module has no use for more. */
export const TEXT_LIMIT = 65_536;
export const ENTRIES_LIMIT = 10_000;

/** bool(value); null where it cannot be told. */
export function truthOf(value: PythonValue): boolean | null {
  if (value instanceof Unknown || value instanceof Reference || value instanceof BoundMethod) return null;
  if (value instanceof EnvReader) return true;
  if (value instanceof Map) return value.size > 0;
  if (typeof value === 'object' && value !== null) return value.length > 0;
  return Boolean(value);
}

/** str(value) of what has a plain one, else null. */
export function textOf(value: PythonValue): string | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return String(value);
    case 'boolean':
      return value ? 'True' : 'False';
    default:
      return value === null ? 'None' : null;
  }
}

/** a == b of plain values; null where it cannot be told. */
export function sameValue(a: PythonValue, b: PythonValue): boolean | null {
  const plain = (value: PythonValue) => value === null || typeof value !== 'object';
  if (plain(a) && plain(b)) return typeof a === 'boolean' || typeof b === 'boolean' ? Number(a) === Number(b) : a === b;
  if (a instanceof Unknown || b instanceof Unknown || a instanceof Reference || b instanceof Reference) return null;
  return plain(a) || plain(b) ? false : null;
}
