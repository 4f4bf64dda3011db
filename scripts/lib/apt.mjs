import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, say } from './console.mjs';
import { withLock } from './lock.mjs';
import { USER_CACHE } from './paths.mjs';
import { capture, inherit } from './processes.mjs';
import { findProgram } from './system.mjs';

/** @typedef {import('./system.mjs').Need} Need */

const OPTIONS = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=600', '-o', 'Acquire::Retries=3'];

/** Asked by Debian's package scripts before they start a service; exit code 101 means no. */
const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Makes sure that all needs are met: installs what is missing where that is possible without asking anybody, and
 * otherwise says what to type.
 * @param {readonly Need[]} needs
 */
export async function ensurePackages(needs) {
  if (missing(needs).length === 0) return;
  if (!isAptRoot()) throw new Failure(await advice(missing(needs)));
  await withLock(join(USER_CACHE, 'apt.lock'), () => install(missing(needs)));
  const left = missing(needs);
  if (left.length > 0) throw new Failure(`Installed, and still not found: ${left.map(({ what }) => what).join(', ')}.`);
}

/** @param {readonly Need[]} needs */
function missing(needs) {
  return needs.filter(({ isMet }) => !isMet());
}

function isAptRoot() {
  return process.platform === 'linux' && process.getuid?.() === 0 && findProgram('apt-get') !== undefined;
}

/** @param {readonly Need[]} needs */
async function advice(needs) {
  const list = `Missing on this machine: ${needs.map(({ what }) => what).join(', ')}.`;
  if (!findProgram('apt-get')) return `${list}\nInstall what provides them (on Debian: ${packagesOf(needs).join(' ')}) and try again.`;
  return `${list}\nInstall them with\n\n  sudo apt-get install --no-install-recommends ${(await current(packagesOf(needs))).join(' ')}\n\nand try again.`;
}

/** @param {readonly Need[]} needs */
function packagesOf(needs) {
  return [...new Set(needs.flatMap(({ packages }) => packages))];
}

/** @param {readonly Need[]} needs */
async function install(needs) {
  if (needs.length === 0) return;
  say(`Missing: ${needs.map(({ what }) => what).join(', ')}. Installing with apt-get.`);
  await apt(['update', '-qq']);
  const packages = await current(packagesOf(needs));
  say(`apt-get install ${packages.join(' ')}`);
  await withoutServices(() => apt(['install', '-qq', ...packages]));
}

/** @param {string[]} args */
async function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' };
  const code = await inherit('apt-get', [...OPTIONS, ...args], { stdout: 'stderr', env });
  if (code !== 0) throw new Failure(`apt-get ${args[0]} failed with exit code ${code}; its own message is above.`);
}

/**
 * Since 2024, Debian and Ubuntu name libraries rebuilt for 64-bit time with the suffix t64; the old name may be left as
 * one that several packages provide, which apt refuses to choose from.
 * @param {readonly string[]} packages
 */
async function current(packages) {
  return Promise.all(packages.map(async (name) => ((await hasCandidate(`${name}t64`)) ? `${name}t64` : name)));
}

/** @param {string} name */
async function hasCandidate(name) {
  const { stdout } = await capture('apt-cache', ['policy', name], { env: { ...process.env, LC_ALL: 'C' } });
  return /Candidate: (?!\(none\))/.test(stdout);
}

/**
 * Keeps the packages from starting their servers: tests start their own, in folders of their own. An existing policy is
 * the administrator's and stays.
 * @param {() => Promise<void>} body
 */
async function withoutServices(body) {
  if (existsSync(POLICY)) return body();
  await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await body();
  } finally {
    await rm(POLICY, { force: true });
  }
}
