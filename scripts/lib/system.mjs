import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/**
 * Something of the operating system that has to be there, and the Debian packages it comes in.
 * @typedef {object} Need
 * @property {string} what in words for a person
 * @property {readonly string[]} packages
 * @property {() => boolean} isMet looks, and changes nothing
 */

/** Debian keeps servers out of an ordinary user's PATH. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];

/**
 * @param {string} name
 * @returns {string | undefined} its path
 */
export function findProgram(name) {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * @param {string} program
 * @param {...string} packages
 * @returns {Need}
 */
function program(program, ...packages) {
  return { what: program, packages, isMet: () => findProgram(program) !== undefined };
}

/** @returns {Need[]} to compile better-sqlite3 */
export function compilerNeeds() {
  return [program('python3', 'python3'), program('make', 'make'), program('g++', 'g++')];
}

/**
 * Debian's own Node comes without its headers, every other one with them. Elsewhere node-gyp fetches them.
 * @returns {Need}
 */
export function headersNeed() {
  return {
    what: 'the header files of Node',
    packages: ['libnode-dev'],
    isMet: () => dirname(process.execPath) !== '/usr/bin' || existsSync('/usr/include/node/node_api.h'),
  };
}

/**
 * @param {string} executable an Electron
 * @returns {Need[]} to load it at all
 */
export function electronNeeds(executable) {
  if (process.platform !== 'linux') return [];
  return [
    {
      what: 'the shared libraries Electron is linked with',
      packages: ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1'],
      isMet: () => !spawnSync('ldd', [executable], { encoding: 'utf8' }).stdout?.includes('not found'),
    },
  ];
}

/** @returns {Need[]} to show its windows where there is no display */
export function displayNeeds() {
  return [
    program('Xvfb', 'xvfb', 'xauth'),
    font('a font for Latin text', 'en', 'fonts-dejavu-core'),
    // The interface is Chinese, too, and tests look at it.
    font('a font for Chinese text', 'zh-cn', 'fonts-wqy-microhei'),
  ];
}

/**
 * @param {string} what
 * @param {string} language
 * @param {string} packageName
 * @returns {Need}
 */
function font(what, language, packageName) {
  const isMet = () => Boolean(spawnSync('fc-list', [`:lang=${language}`, 'family'], { encoding: 'utf8' }).stdout?.trim());
  return { what, packages: ['fontconfig', packageName], isMet };
}

/** @returns {Need[]} the servers and the Django that the contract and end-to-end tests work with */
export function serverNeeds() {
  return [
    program('redis-server', 'redis-server'),
    program('memcached', 'memcached'),
    { what: 'postgres', packages: ['postgresql'], isMet: () => findPostgres() !== undefined },
    program('mariadbd', 'mariadb-server'),
    program('openssl', 'openssl'),
    ...Object.entries(PYTHON_MODULES).map(([module, packageName]) => pythonModule(module, packageName)),
  ];
}

/** @returns {Need[]} a keychain of their own for the end-to-end tests */
export function keychainNeeds() {
  return [program('gnome-keyring-daemon', 'gnome-keyring'), program('dbus-run-session', 'dbus')];
}

/** Debian does not put PostgreSQL's programs on the PATH, since several versions can be installed side by side. */
function findPostgres() {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base) : [];
  return versions.map((version) => join(base, version, 'bin', 'postgres')).find((path) => existsSync(path)) ?? findProgram('postgres');
}

const PYTHON_MODULES = {
  django: 'python3-django',
  psycopg2: 'python3-psycopg2',
  MySQLdb: 'python3-mysqldb',
  redis: 'python3-redis',
  django_redis: 'python3-django-redis',
  pymemcache: 'python3-pymemcache',
  msgpack: 'python3-msgpack',
  lz4: 'python3-lz4',
  zstandard: 'python3-zstandard',
  pytz: 'python3-tz',
};

/**
 * The system's Python, whatever is first on the PATH: that is the one the packages belong to.
 * @param {string} module
 * @param {string} packageName
 * @returns {Need}
 */
function pythonModule(module, packageName) {
  const script = `import importlib.util, sys; sys.exit(importlib.util.find_spec('${module}') is None)`;
  const isMet = () => spawnSync('/usr/bin/python3', ['-c', script]).status === 0;
  return { what: `the Python module ${module}`, packages: ['python3', packageName], isMet };
}
