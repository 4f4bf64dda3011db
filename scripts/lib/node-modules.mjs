import { readFile } from 'node:fs/promises';
import { Failure, say } from './console.mjs';
import { npm } from './npm.mjs';
import { inRoot, ROOT } from './paths.mjs';
import { inherit } from './processes.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} Locked
 * @typedef {Record<string, Locked>} Packages
 */

/**
 * Runs `npm ci` where node_modules is missing or holds other versions than the lock file. Contents are compared, not
 * times: a checkout of an older commit makes the lock file newer without changing it.
 */
export async function ensureNodeModules() {
  const wanted = await packagesIn(inRoot('package-lock.json'));
  if (!wanted) throw new Failure('package-lock.json is missing: this is not a whole clone of the project.');
  if (isInstalled(wanted, await packagesIn(inRoot('node_modules', '.package-lock.json')))) return;
  say('Installing packages with npm ci; this takes a minute or so.');
  // No package needs its install script: Electron and better-sqlite3 are prepared by the modules beside this one.
  const code = await inherit(...npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']), {
    cwd: ROOT,
    stdout: 'stderr',
  });
  if (code !== 0) throw new Failure(`npm ci failed with exit code ${code}; its own message is above.`);
}

/**
 * @param {Packages} wanted from package-lock.json
 * @param {Packages | undefined} installed from the copy npm keeps inside node_modules
 */
export function isInstalled(wanted, installed) {
  if (!installed) return false;
  const names = Object.keys(wanted).filter((name) => name !== '');
  return names.every((name) => isSame(wanted[name], installed[name])) && Object.keys(installed).every((name) => name in wanted);
}

/**
 * @param {Locked | undefined} wanted
 * @param {Locked | undefined} installed
 */
function isSame(wanted, installed) {
  // Packages for other platforms are in the lock file and not on disk.
  if (!installed) return wanted?.optional === true || wanted?.devOptional === true;
  return wanted?.version === installed.version && wanted?.integrity === installed.integrity;
}

/**
 * @param {string} file
 * @returns {Promise<Packages | undefined>}
 */
async function packagesIn(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
