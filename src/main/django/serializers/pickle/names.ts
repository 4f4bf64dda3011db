import { KIND, OP } from './opcodes.ts';
import { contentOf, kindOfObject, objectIn, opAt, operandsOf, type Tape } from './tape.ts';
import { decodeUtf8 } from './text.ts';
import { strOf } from './values.ts';

/** Python 2's names, which protocols 0 to 2 hold, by module. Lib/_compat_pickle.py IMPORT_MAPPING, 3.11: the ones that sessions meet. */
const MODULES: ReadonlyMap<string, string> = new Map([
  ['__builtin__', 'builtins'],
  ['copy_reg', 'copyreg'],
  ['exceptions', 'builtins'],
  ['UserDict', 'collections'],
  ['UserList', 'collections'],
  ['UserString', 'collections'],
  ['cPickle', 'pickle'],
  ['commands', 'subprocess'],
  ['urllib2', 'urllib.request'],
  ['urlparse', 'urllib.parse'],
  ['Cookie', 'http.cookies'],
  ['StringIO', 'io'],
  ['cStringIO', 'io'],
]);

/** NAME_MAPPING of the same file. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['__builtin__.xrange', 'builtins.range'],
  ['__builtin__.unicode', 'builtins.str'],
  ['__builtin__.basestring', 'builtins.str'],
  ['__builtin__.long', 'builtins.int'],
  ['__builtin__.unichr', 'builtins.chr'],
  ['__builtin__.reduce', 'functools.reduce'],
  ['__builtin__.intern', 'sys.intern'],
  ['itertools.izip', 'builtins.zip'],
  ['itertools.imap', 'builtins.map'],
  ['itertools.ifilter', 'builtins.filter'],
  ['UserDict.IterableUserDict', 'collections.UserDict'],
]);

/** How far getattr(getattr(..)) is followed. */
const MOST_ATTRIBUTES = 16;
/** Longer names than any module's are cut where they are shown. */
const LONGEST_NAME = 300;

/** Module and name as the stream has them, of a GLOBAL, a STACK_GLOBAL or the head of an INST. */
export function globalOf(tape: Tape, object: number): readonly [module: string, name: string] {
  if (opAt(tape, object) === OP.STACK_GLOBAL) {
    const [module = 0, name = 0] = operandsOf(tape, object);
    return [strOf(tape, objectIn(tape, module)), strOf(tape, objectIn(tape, name))];
  }
  const lines = decodeUtf8(contentOf(tape, object));
  const newline = lines.indexOf('\n');
  return [lines.slice(0, newline), lines.slice(newline + 1)];
}

export function rawName(tape: Tape, object: number): string {
  const [module, name] = globalOf(tape, object);
  return `${module}.${name}`;
}

/** The name that Python 3 looks up: Python 2's names are mapped in protocols below 3. */
export function pythonName(tape: Tape, object: number): string {
  const [module, name] = globalOf(tape, object);
  const full = `${module}.${name}`;
  if (tape.protocol >= 3) return full.slice(0, LONGEST_NAME);
  return (NAMES.get(full) ?? `${MODULES.get(module) ?? module}.${name}`).slice(0, LONGEST_NAME);
}

/** Paths that were looked up: thousands of objects are made by calling the same few names. */
const PATHS = new WeakMap<Tape, Map<number, string | null>>();

/**
 * The dotted path of what an object names without being called: a global, or an attribute of one by getattr(), which
 * is how protocols below 4 name nested classes. Null for anything else.
 */
export function pathOf(tape: Tape, object: number): string | null {
  const known = PATHS.get(tape) ?? new Map<number, string | null>();
  PATHS.set(tape, known);
  const found = known.get(object);
  if (found !== undefined) return found;
  const path = findPath(tape, object);
  known.set(object, path);
  return path;
}

function findPath(tape: Tape, object: number): string | null {
  const attributes: string[] = [];
  let at = object;
  while (kindOfObject(tape, at) === KIND.CALL && attributes.length < MOST_ATTRIBUTES) {
    const [head = 0, args = 0] = operandsOf(tape, at);
    if (kindOfObject(tape, objectIn(tape, head)) !== KIND.GLOBAL) return null;
    if (pythonName(tape, objectIn(tape, head)) !== 'builtins.getattr') return null;
    const [owner, attribute, ...rest] = operandsOf(tape, objectIn(tape, args));
    if (owner === undefined || attribute === undefined || rest.length > 0) return null;
    if (kindOfObject(tape, objectIn(tape, attribute)) !== KIND.STR) return null;
    attributes.unshift(strOf(tape, objectIn(tape, attribute)));
    at = objectIn(tape, owner);
  }
  if (kindOfObject(tape, at) !== KIND.GLOBAL) return null;
  return [pythonName(tape, at), ...attributes].join('.').slice(0, LONGEST_NAME);
}
