import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './paths.mjs';

/**
 * Why each package that src imports is there: one line, and a reason to think before there is another.
 * @type {Readonly<Record<string, string>>}
 */
export const WHY = {
  '@base-ui/react': 'dialogs, menus and selects that keyboards and screen readers can use',
  '@codemirror/commands': 'the text editor: keys and its undo history',
  '@codemirror/lang-json': 'the text editor: JSON',
  '@codemirror/language': 'the text editor: brackets, folding, indentation',
  '@codemirror/search': 'the text editor: find and replace',
  '@codemirror/state': 'the text editor: its document',
  '@codemirror/view': 'the text editor: large texts under a policy without unsafe-inline',
  '@lezer/highlight': 'the text editor: colours',
  '@tanstack/react-query': 'what the window knows of main: loading, cancelling, refreshing',
  '@tanstack/react-virtual': 'tables and trees of any length',
  'better-sqlite3': 'SQLite; native, so the only package that is not bundled',
  'electron-log': 'the log file with its rotation',
  i18next: 'two languages, plurals',
  ioredis: 'Redis, with Sentinel, Cluster and TLS',
  kysely: 'one SQL builder for three databases, instead of quoted text',
  'lucide-react': 'icons',
  mysql2: 'MySQL and MariaDB',
  pako: 'compresses byte for byte as Python does, which Node does not',
  pg: 'PostgreSQL',
  react: 'the window',
  'react-dom': 'the window',
  'react-i18next': 'two languages in the window',
  zod: 'everything that crosses the bridge or is read from disk is parsed',
};

/**
 * @typedef {{ version: string, integrity?: string, license?: string, dependencies?: Record<string, string>, optional?: boolean }} Locked
 * @typedef {{ name: string, path: string, version: string, licence: string, integrity: string | undefined }} Shipped
 */

/** @returns {Readonly<Record<string, Locked>>} by folder below the root, as package-lock.json has them */
export function lockedPackages() {
  return JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages;
}

/** @returns {string[]} the packages that the sources of the app import */
export function importedPackages() {
  const found = new Set();
  for (const entry of readdirSync(inRoot('src'), { recursive: true, withFileTypes: true })) {
    if (!/\.tsx?$/.test(entry.name)) continue;
    for (const [, name] of readFileSync(join(entry.parentPath, entry.name), 'utf8').matchAll(IMPORT)) found.add(name);
  }
  for (const own of ['electron', 'react/jsx-runtime']) found.delete(own);
  return [...found].sort();
}

/** `from 'package/part'` and `import 'package'`, of packages alone. */
const IMPORT = /(?:from|import) '((?:@[\w.-]+\/)?[a-z][\w.-]*)(?:\/[^']*)?';/g;

/**
 * Everything that may be in what is handed out: the imported packages and all they depend on. What a bundler leaves out
 * again is listed, too.
 * @returns {Shipped[]}
 */
export function shippedPackages() {
  const locked = lockedPackages();
  /** @type {Map<string, Shipped>} */
  const shipped = new Map();
  /** @param {string} path */
  const add = (path) => {
    const found = locked[path];
    if (!found || shipped.has(path)) return;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    // Types have no code.
    if (name.startsWith('@types/')) return;
    shipped.set(path, { name, path, version: found.version, licence: found.license ?? 'unknown', integrity: found.integrity });
    for (const dependency of Object.keys(found.dependencies ?? {})) add(resolved(locked, path, dependency));
  };
  for (const name of importedPackages()) add(`node_modules/${name}`);
  return [...shipped.values()].sort((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
}

/**
 * As Node looks for it: in the package's own node_modules, then further up.
 * @param {Readonly<Record<string, Locked>>} locked
 * @param {string} from
 * @param {string} name
 * @returns {string}
 */
function resolved(locked, from, name) {
  for (
    let folder = from;
    folder !== '';
    folder = folder.includes('/node_modules/') ? folder.slice(0, folder.lastIndexOf('/node_modules/')) : ''
  ) {
    const nested = `${folder}/node_modules/${name}`;
    if (locked[nested]) return nested;
  }
  return `node_modules/${name}`;
}
