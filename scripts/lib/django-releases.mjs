import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, progress, say } from './console.mjs';
import { USER_CACHE } from './paths.mjs';
import { capture } from './processes.mjs';
import { findProgram } from './system.mjs';

/**
 * Five Django releases from five Debian suites, unpacked side by side and not installed, so that what the app writes can
 * be read by every era of Django. Nothing here needs root.
 */

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const WITH_CACHES = ['python3-asgiref', 'python3-sqlparse', 'python3-redis', 'python3-django-redis', 'python3-pymemcache'];

/**
 * Suites move on: a folder's name says which release was there when this was written, the package says which it is.
 * `python` is the newest CPython that release runs on, `least` the oldest.
 */
const RELEASES = [
  { name: '2.2', suite: 'bullseye', least: 5, python: 11, zones: true },
  { name: '3.2', suite: 'bookworm', least: 6, python: 11, zones: true },
  { name: '4.2', suite: 'trixie', least: 8, python: 12, zones: true },
  { name: '5.2', suite: 'sid', least: 10, python: 14, zones: false },
  { name: '6.1', suite: 'experimental', least: 12, python: 14, zones: false },
];

/** A CPython of Debian's testing suites for where the machine has no 3.12: run from its folder, with its own libraries. */
const PYTHON_PACKAGES = [
  'python3.13',
  'python3.13-minimal',
  'libpython3.13-minimal',
  'libpython3.13-stdlib',
  'libc6',
  'libexpat1',
  'zlib1g',
  'libssl3t64',
  'libsqlite3-0',
  'libffi8',
  'libbz2-1.0',
  'liblzma5',
  'libuuid1',
  'libncursesw6',
  'libtinfo6',
  'libreadline8t64',
  'libzstd1',
  'tzdata',
];

/** @typedef {{ name: string, folder: string, python: string[] }} Release folder: to be put first on sys.path */

/**
 * Downloads and unpacks what is missing.
 * @returns {Promise<Release[]>}
 */
export async function ensureDjangoReleases() {
  const base = join(USER_CACHE, 'django-releases');
  const missing = RELEASES.filter(({ name }) => !existsSync(djangoFolder(base, name)));
  const python = await pythonFor(12, 14);
  const needsPython = python === undefined && !existsSync(join(base, 'python', 'usr/bin/python3.13'));
  if (missing.length > 0 || needsPython) await download(base, missing, needsPython);
  const releases = [];
  for (const { name, least, python: most } of RELEASES) {
    const found = (await pythonFor(least, most)) ?? (most >= 13 ? bundledPython(base) : undefined);
    if (found === undefined)
      throw new Failure(`Django ${name} needs a CPython from 3.${least} to 3.${most}: put one on the PATH as python3.N.`);
    releases.push({ name, folder: djangoFolder(base, name), python: found });
  }
  return releases;
}

/**
 * @param {string} base
 * @param {string} name
 */
function djangoFolder(base, name) {
  return join(base, name, 'usr/lib/python3/dist-packages');
}

/** @param {string} base */
function bundledPython(base) {
  const root = join(base, 'python');
  const libraries = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu', 'lib/aarch64-linux-gnu', 'usr/lib/aarch64-linux-gnu'];
  const loader = [
    'lib64/ld-linux-x86-64.so.2',
    'usr/lib64/ld-linux-x86-64.so.2',
    'lib/ld-linux-aarch64.so.1',
    'usr/lib/ld-linux-aarch64.so.1',
  ]
    .map((path) => join(root, path))
    .find((path) => existsSync(path));
  if (!loader) return undefined;
  const paths = libraries.map((path) => join(root, path)).filter((path) => existsSync(path));
  return ['env', `PYTHONHOME=${join(root, 'usr')}`, loader, '--library-path', paths.join(':'), join(root, 'usr/bin/python3.13')];
}

/**
 * @param {number} least
 * @param {number} most minor versions of CPython 3
 * @returns {Promise<string[] | undefined>}
 */
async function pythonFor(least, most) {
  const candidates = ['/usr/bin/python3'];
  for (let minor = most; minor >= least; minor -= 1) {
    const path = findProgram(`python3.${minor}`);
    if (path) candidates.push(path);
  }
  for (const command of candidates) {
    const { code, stdout } = await capture(command, ['-c', 'import sys, sqlite3; print(sys.version_info[1])']);
    const minor = Number(stdout);
    if (code === 0 && minor >= least && minor <= most) return [command];
  }
  return undefined;
}

/**
 * @param {string} base
 * @param {typeof RELEASES} releases
 * @param {boolean} withPython
 */
async function download(base, releases, withPython) {
  if (!existsSync(KEYRING) || !findProgram('apt-get')) {
    throw new Failure("The five Django releases come from Debian's packages: run this on Debian, with the package debian-archive-keyring.");
  }
  const bar = progress('Django releases');
  const apt = await privateApt(base, bar);
  for (const { name, suite, zones } of releases) {
    bar.update(`Django ${name} from ${suite}`);
    // experimental holds Django alone; what it depends on is in sid.
    const rest = suite === 'experimental' ? 'sid' : suite;
    const packages = [
      ...WITH_CACHES.map((item) => `${item}/${rest}`),
      `python3-django/${suite}`,
      ...(zones ? ['python3-tz/bookworm'] : []),
    ];
    await unpack(apt, packages, join(base, name));
  }
  if (withPython) {
    bar.update('CPython 3.13');
    await unpack(
      apt,
      PYTHON_PACKAGES.map((item) => `${item}/trixie`),
      join(base, 'python'),
    );
  }
  bar.done();
}

/**
 * An apt configuration of our own that knows all suites, from the mirror this machine already uses.
 * @param {string} base
 * @param {ReturnType<typeof progress>} bar
 */
async function privateApt(base, bar) {
  const folder = join(base, 'apt');
  for (const part of ['etc', 'lists/partial', 'cache/archives/partial']) await mkdir(join(folder, part), { recursive: true });
  const mirror = await debianMirror();
  const suites = ['bookworm', ...new Set(RELEASES.map(({ suite }) => suite))].map(
    (suite) => `deb [signed-by=${KEYRING}] ${mirror} ${suite} main\n`,
  );
  await writeFile(join(folder, 'etc/sources.list'), [...new Set(suites)].join(''));
  const options = [
    `Dir::Etc::sourcelist=${join(folder, 'etc/sources.list')}`,
    'Dir::Etc::sourceparts=-',
    `Dir::State::lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
  ].flatMap((option) => ['-o', option]);
  bar.update('package lists');
  await apt(options, ['update'], folder);
  return options;
}

/** The mirror in the machine's own sources, in either of apt's two formats; DEBIAN_MIRROR overrides it. */
async function debianMirror() {
  const given = process.env['DEBIAN_MIRROR'];
  if (given) return given;
  const folder = '/etc/apt/sources.list.d';
  const names = existsSync(folder) ? await readdir(folder) : [];
  const texts = await Promise.all(
    ['/etc/apt/sources.list', ...names.map((name) => join(folder, name))].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const lines = texts
    .join('\n')
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'));
  const mirror = lines.join('\n').match(/\bhttps?:\/\/\S+\/debian(?=\/?(?:\s|$))/)?.[0];
  if (!mirror) throw new Failure("No Debian mirror in this machine's apt sources: set DEBIAN_MIRROR to one.");
  return mirror;
}

/**
 * @param {string[]} options
 * @param {string[]} packages
 * @param {string} target appears only when it is whole
 */
async function unpack(options, packages, target) {
  const work = `${target}.${process.pid}`;
  const debs = join(work, 'debs');
  await mkdir(debs, { recursive: true });
  await apt(options, ['download', ...packages], debs);
  for (const deb of (await readdir(debs)).sort()) {
    const { code, stderr } = await capture('dpkg-deb', ['-x', join(debs, deb), work]);
    if (code !== 0) throw new Failure(`dpkg-deb could not unpack ${deb}: ${stderr.trim()}`);
  }
  await rm(debs, { recursive: true });
  await rm(target, { recursive: true, force: true });
  await rename(work, target);
}

/**
 * @param {string[]} options
 * @param {string[]} args
 * @param {string} cwd
 */
async function apt(options, args, cwd) {
  const { code, stderr } = await capture('apt-get', ['-q', ...options, ...args], { cwd });
  if (code === 0) return;
  say(stderr.trim());
  throw new Failure(`apt-get ${args[0]} failed with exit code ${code}; its own message is above.`);
}
