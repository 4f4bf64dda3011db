/** Methods of texts (which paths are, too), lists, dicts and readers of variables. */
import { basename, dirname } from 'node:path';
import { type Call, type CallContext, joinPaths, readVariable } from './known-calls.ts';
import { ENTRIES_LIMIT, EnvReader, type PythonDict, type PythonValue, textOf, Unknown } from './value.ts';

/** What `value.name` is where it is no method; undefined where it is one. */
export function attributeOf(value: PythonValue, name: string): PythonValue | undefined {
  if (typeof value !== 'string') return undefined;
  switch (name) {
    case 'parent':
      return dirname(value);
    case 'parents':
      return ancestors(value);
    case 'name':
      return basename(value);
    default:
      return undefined;
  }
}

function ancestors(path: string): PythonValue {
  const found: string[] = [];
  for (let at = dirname(path); found.length < 100; at = dirname(at)) {
    found.push(at);
    if (dirname(at) === at) break;
  }
  return found;
}

export function callMethod(target: PythonValue, name: string, call: Call, context: CallContext): PythonValue {
  if (target instanceof EnvReader) return readerMethod(target, name, call, context);
  if (typeof target === 'string') return textMethod(target, name, call.args);
  if (Array.isArray(target)) return listMethod(target, name, call.args);
  if (target instanceof Map) return dictMethod(target, name, call);
  if (target instanceof Uint8Array && name === 'decode') return Buffer.from(target).toString('utf8');
  // A timedelta is its seconds here.
  if (typeof target === 'number' && name === 'total_seconds') return target;
  return new Unknown(`${name}() is not worked out without running it`);
}

/** Env.read_env() reads what is read here anyway. */
function readerMethod(reader: EnvReader, name: string, call: Call, context: CallContext): PythonValue {
  if (name === 'read_env' || name === 'seal') return null;
  return readVariable(reader, name, call, context);
}

function textMethod(text: string, name: string, args: readonly PythonValue[]): PythonValue {
  const first = args[0] === undefined || args[0] === null ? undefined : textOf(args[0]);
  if (first === null || args.some((arg) => arg instanceof Unknown)) return new Unknown(`what ${name}() is given is not known`);
  switch (name) {
    case 'strip':
    case 'lstrip':
    case 'rstrip':
      return stripped(text, name, first);
    case 'lower':
    case 'casefold':
      return text.toLowerCase();
    case 'upper':
      return text.toUpperCase();
    case 'split':
      return first === undefined ? text.trim().split(/\s+/, ENTRIES_LIMIT) : first === '' ? [] : text.split(first, ENTRIES_LIMIT);
    case 'startswith':
      return text.startsWith(first ?? '');
    case 'endswith':
      return text.endsWith(first ?? '');
    case 'joinpath':
      return joinPaths([text, ...args]);
    case 'resolve':
    case 'absolute':
    case 'as_posix':
    case 'encode':
    case 'expanduser':
    case '__str__':
      return text;
    default:
      return new Unknown(`the text's ${name}() is not worked out without running it`);
  }
}

function stripped(text: string, name: string, characters: string | undefined): string {
  const strips = (character: string) => (characters === undefined ? /\s/.test(character) : characters.includes(character));
  let [from, to] = [0, text.length];
  if (name !== 'rstrip') while (from < to && strips(text[from] ?? '')) from += 1;
  if (name !== 'lstrip') while (to > from && strips(text[to - 1] ?? '')) to -= 1;
  return text.slice(from, to);
}

function listMethod(list: PythonValue[], name: string, args: readonly PythonValue[]): PythonValue {
  const [first] = args;
  switch (name) {
    case 'append':
    case 'insert':
      if (list.length < ENTRIES_LIMIT) list.push((name === 'append' ? first : args[1]) ?? null);
      return null;
    case 'extend':
      if (Array.isArray(first)) list.push(...first.slice(0, Math.max(0, ENTRIES_LIMIT - list.length)));
      return null;
    case 'copy':
      return [...list];
    default:
      return new Unknown(`the list's ${name}() is not worked out without running it`);
  }
}

function dictMethod(dict: PythonDict, name: string, { args, keywords }: Call): PythonValue {
  const [first, second] = args;
  switch (name) {
    case 'get':
      return dict.get(textOf(first ?? null) ?? '') ?? second ?? null;
    case 'update': {
      if (args.length > 0 && !(first instanceof Map)) return poison(dict, 'update() was given what is not known');
      for (const [key, value] of [...(first instanceof Map ? first : []), ...keywords]) setEntry(dict, key, value);
      return null;
    }
    case 'setdefault': {
      const key = textOf(first ?? null) ?? '';
      if (!dict.has(key)) setEntry(dict, key, second ?? null);
      return dict.get(key) ?? null;
    }
    case 'copy':
      return new Map(dict);
    case 'pop':
      dict.delete(textOf(first ?? null) ?? '');
      return second ?? null;
    default:
      return new Unknown(`the dict's ${name}() is not worked out without running it`);
  }
}

/** After something unknown was mixed in, nothing in it is certain. */
function poison(dict: PythonDict, reason: string): null {
  for (const key of dict.keys()) dict.set(key, new Unknown(reason));
  return null;
}

export function setEntry(dict: PythonDict, key: string, value: PythonValue): void {
  if (dict.size < ENTRIES_LIMIT || dict.has(key)) dict.set(key, value);
}
