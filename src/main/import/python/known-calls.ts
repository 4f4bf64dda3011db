/** The functions that settings modules call, as far as their results can be told: paths, types, and what reads variables. */
import { basename, dirname, isAbsolute, join, normalize, resolve } from 'node:path';
import { cacheUrl } from '../cache-url.ts';
import { databaseUrl } from '../database-url.ts';
import { ENTRIES_LIMIT, EnvReader, type PythonValue, Reference, textOf, truthOf, Unknown } from './value.ts';

export type Call = Readonly<{ args: readonly PythonValue[]; keywords: ReadonlyMap<string, PythonValue> }>;

export type CallContext = Readonly<{
  /** a variable of the project's .env; null where it is not there. Never one of this process. */
  variable(name: string): string | null;
  /** what the site's working folder would be */
  folder: string;
}>;

type Known = (call: Call, context: CallContext) => PythonValue;

const KNOWN: Readonly<Record<string, Known>> = {
  'os.environ.get': variableOr,
  'os.getenv': variableOr,
  'os.environ.setdefault': variableOr,
  'os.path.join': ({ args }) => joinPaths(args),
  'os.path.dirname': ({ args }) => onText(args[0], dirname),
  'os.path.basename': ({ args }) => onText(args[0], (path) => basename(path)),
  'os.path.abspath': ({ args }, { folder }) => onText(args[0], (path) => resolve(folder, path)),
  'os.path.realpath': ({ args }, { folder }) => onText(args[0], (path) => resolve(folder, path)),
  'os.path.normpath': ({ args }) => onText(args[0], normalize),
  'os.getcwd': (_, { folder }) => folder,
  'os.fspath': ({ args }) => args[0] ?? null,
  'pathlib.Path': ({ args }) => joinPaths(args),
  'pathlib.Path.cwd': (_, { folder }) => folder,
  'builtins.str': ({ args }) => toText(args[0]),
  'builtins.int': ({ args }) => toInteger(args[0]),
  'builtins.float': ({ args }) => toNumber(args[0]),
  'builtins.bool': ({ args }) => toBoolean(args[0]),
  'builtins.list': ({ args }) => toList(args[0]),
  'builtins.tuple': ({ args }) => toList(args[0]),
  'builtins.set': ({ args }) => toList(args[0]),
  'builtins.dict': toDict,
  'builtins.len': ({ args }) => toLength(args[0]),
  'datetime.timedelta': toSeconds,
  'environ.Env': toReader,
  'environs.Env': toReader,
  'decouple.config': decouple,
  'decouple.Csv': () => new Reference('decouple.Csv()'),
  'dj_database_url.config': (call, context) => urlOf(call, context, { name: 'DATABASE_URL', url: null }, databaseUrl),
  'dj_database_url.parse': ({ args }) => withUrl(args[0], databaseUrl),
  'django_cache_url.config': (call, context) => urlOf(call, context, { name: 'CACHE_URL', url: 'locmem://' }, cacheUrl),
  'django_cache_url.parse': ({ args }) => withUrl(args[0], cacheUrl),
};

export function callKnown(path: string, call: Call, context: CallContext): PythonValue {
  if (Object.hasOwn(KNOWN, path)) return KNOWN[path]?.(call, context) ?? null;
  return new Unknown(`the result of ${path.replace(/^builtins\./, '')}() is known only by running it`);
}

/** @param scheme a type by name, as env.bool or cast=bool has it */
export function castTo(scheme: string, value: PythonValue): PythonValue {
  switch (scheme) {
    case 'bool':
      return typeof value === 'string' ? /^(true|on|ok|y|yes|1|t)$/i.test(value.trim()) : toBoolean(value);
    case 'int':
      return toInteger(value);
    case 'float':
      return toNumber(value);
    case 'list':
    case 'tuple':
    case 'Csv()':
      return typeof value === 'string' ? split(value) : toList(value);
    case 'str':
    case 'unicode':
    case 'path':
    case '':
      return value;
    case 'db':
    case 'db_url':
    case 'dj_db_url':
      return withUrl(value, databaseUrl);
    case 'cache':
    case 'cache_url':
    case 'dj_cache_url':
      return withUrl(value, cacheUrl);
    default:
      return new Unknown(`${scheme} is not worked out without running it`);
  }
}

/** env('NAME', cast, default) and env.bool('NAME', default). */
export function readVariable(reader: EnvReader, scheme: string | null, { args, keywords }: Call, context: CallContext): PythonValue {
  const names: Readonly<Record<string, string>> = {
    db: 'DATABASE_URL',
    db_url: 'DATABASE_URL',
    cache: 'CACHE_URL',
    cache_url: 'CACHE_URL',
  };
  const name = textOf(args[0] ?? keywords.get('var') ?? names[scheme ?? ''] ?? null);
  const [cast = null, standard] = reader.schemes.get(name ?? '') ?? [];
  const asked = scheme ?? schemeOf(keywords.get('cast') ?? args[1] ?? cast);
  if (name === null || asked === null) return new Unknown('a type of its own is not worked out without running it');
  const otherwise = keywords.get('default') ?? (scheme === null ? undefined : args[1]) ?? standard;
  const text = context.variable(name);
  if (text !== null) return castTo(asked, text);
  if (otherwise === undefined) return new Unknown(`${name} is not in .env, and has no default`);
  return otherwise instanceof Unknown || typeof otherwise === 'string' ? castTo(asked, otherwise) : otherwise;
}

function schemeOf(cast: PythonValue): string | null {
  if (cast === null) return '';
  if (cast instanceof Reference) return cast.path.replace(/^.*?\./, '');
  return null;
}

function variableOr({ args, keywords }: Call, { variable }: CallContext): PythonValue {
  const name = textOf(args[0] ?? null);
  if (name === null || args[0] === null) return new Unknown('the name of a variable is not known');
  return variable(name) ?? args[1] ?? keywords.get('default') ?? null;
}

function decouple(call: Call, context: CallContext): PythonValue {
  return readVariable(new EnvReader(new Map()), null, { ...call, args: call.args.slice(0, 1), keywords: decoupled(call) }, context);
}

function decoupled({ args, keywords }: Call): ReadonlyMap<string, PythonValue> {
  const [, otherwise, cast] = args;
  return new Map([
    ...(otherwise === undefined ? [] : [['default', otherwise] as const]),
    ...(cast === undefined ? [] : [['cast', cast] as const]),
    ...keywords,
  ]);
}

type UrlVariable = Readonly<{ name: string /** where it is not set; null: an empty dict is what config() gives */; url: string | null }>;

function urlOf(call: Call, context: CallContext, standard: UrlVariable, parse: (url: string) => PythonValue): PythonValue {
  const name = textOf(call.keywords.get('env') ?? call.args[0] ?? standard.name) ?? standard.name;
  const text = context.variable(name) ?? call.keywords.get('default') ?? call.args[1] ?? standard.url;
  if (text === null) return new Map();
  const dict = withUrl(text, parse);
  if (dict instanceof Map && call.keywords.get('ssl_require') === true) {
    const options = dict.get('OPTIONS');
    dict.set('OPTIONS', new Map([...(options instanceof Map ? options : []), ['sslmode', 'require']]));
  }
  return dict;
}

function withUrl(value: PythonValue | undefined, parse: (url: string) => PythonValue): PythonValue {
  if (value instanceof Unknown) return value;
  if (typeof value !== 'string' || value === '') return new Unknown('there is no URL');
  try {
    return parse(value);
  } catch (thrown) {
    return new Unknown(thrown instanceof Error ? thrown.message : 'the URL cannot be read');
  }
}

function toReader({ keywords }: Call): EnvReader {
  const schemes = [...keywords].map(([name, value]) => [name, Array.isArray(value) ? value : [value]] as const);
  return new EnvReader(new Map(schemes));
}

export function joinPaths(parts: readonly PythonValue[]): PythonValue {
  let path = '';
  for (const part of parts) {
    if (part instanceof Unknown) return part;
    if (typeof part !== 'string') return new Unknown('a part of a path is not known');
    path = isAbsolute(part) || path === '' ? part : join(path, part);
  }
  return path;
}

function onText(value: PythonValue | undefined, work: (text: string) => string): PythonValue {
  if (value instanceof Unknown) return value;
  return typeof value === 'string' ? work(value) : new Unknown('a path is not known');
}

function toText(value: PythonValue | undefined): PythonValue {
  if (value === undefined) return '';
  if (value instanceof Unknown) return value;
  return textOf(value) ?? new Unknown('the text of a value is not worked out');
}

function toInteger(value: PythonValue | undefined): PythonValue {
  const number = toNumber(value);
  return typeof number === 'number' ? Math.trunc(number) : number;
}

function toNumber(value: PythonValue | undefined): PythonValue {
  if (value instanceof Unknown) return value;
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(textOf(value ?? null) ?? Number.NaN);
  if (typeof value === 'boolean') return Number(value);
  return Number.isFinite(number) ? number : new Unknown('a number is not one');
}

function toBoolean(value: PythonValue | undefined): PythonValue {
  if (value instanceof Unknown) return value;
  return truthOf(value ?? null) ?? new Unknown('whether it is true is not known');
}

function toList(value: PythonValue | undefined): PythonValue {
  if (value === undefined) return [];
  if (value instanceof Unknown) return value;
  if (Array.isArray(value)) return [...value];
  return value instanceof Map ? [...value.keys()] : new Unknown('a list is not worked out');
}

function toDict({ args, keywords }: Call): PythonValue {
  const [first] = args;
  if (first instanceof Unknown) return first;
  const dict = new Map(first instanceof Map ? first : []);
  for (const [name, value] of keywords) dict.set(name, value);
  return args.length === 0 || first instanceof Map ? dict : new Unknown('a dict is not worked out');
}

function toLength(value: PythonValue | undefined): PythonValue {
  if (value instanceof Map) return value.size;
  return typeof value === 'string' || Array.isArray(value) ? value.length : new Unknown('a length is not known');
}

/** timedelta as its total_seconds(). */
function toSeconds({ args, keywords }: Call): PythonValue {
  const names = ['days', 'seconds', 'microseconds', 'milliseconds', 'minutes', 'hours', 'weeks'] as const;
  const sizes = { days: 86_400, seconds: 1, microseconds: 1e-6, milliseconds: 1e-3, minutes: 60, hours: 3600, weeks: 604_800 };
  let seconds = 0;
  for (const [index, name] of names.entries()) {
    const value = keywords.get(name) ?? args[index] ?? 0;
    if (typeof value !== 'number') return new Unknown('a timedelta is not known');
    seconds += value * sizes[name];
  }
  return seconds;
}

export function split(text: string, separator = ','): PythonValue {
  const parts = text.split(separator, ENTRIES_LIMIT).map((part) => part.trim());
  return parts.filter((part) => part !== '');
}
