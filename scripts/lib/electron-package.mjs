import { fork } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { megabytes, progress, say } from './console.mjs';
import { digest, inRoot, USER_CACHE } from './paths.mjs';
import { inherit } from './processes.mjs';

/** A blocked network often neither refuses nor answers. */
const FIRST_BYTE_WITHIN = 8000;
const NEXT_BYTE_WITHIN = 30_000;

/** For how long a failed download is not tried again while there is something else to run. */
const REMEMBERED_FOR = 12 * 3_600_000;

const FAILURES = join(USER_CACHE, 'electron-download-failed.json');

/**
 * Fetches the `electron` package's own binary into node_modules.
 * @param {'none' | 'possible' | 'here'} other whether there is another Electron; with one at hand, a failure is remembered
 * @returns {Promise<string | undefined>} why that failed, or undefined
 */
export async function downloadElectron(other) {
  const attempt = await describeAttempt();
  if (other === 'here' && (await hasFailed(attempt))) return 'its download failed a few hours ago';
  const problem = (await fetchArchive()) ?? (await unpack());
  if (problem === undefined) await rm(FAILURES, { force: true });
  else if (other !== 'none') await recordFailure(attempt, problem);
  return problem;
}

/** Downloads with a watch on progress, in a process of its own so that it can be stopped. */
async function fetchArchive() {
  const bar = progress("Downloading Electron with the electron package's own installer");
  /** @type {string | undefined} */
  const problem = await new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL('electron-download.mjs', import.meta.url)), {
      // Node's fetch follows HTTPS_PROXY only when told so.
      env: { ...process.env, NODE_USE_ENV_PROXY: '1', ELECTRON_GET_NO_PROGRESS: '1' },
      stdio: ['ignore', 2, 'ignore', 'ipc'],
    });
    /** @param {string} [reason] */
    const finish = (reason) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(reason);
    };
    const tooSlow = () => finish(`no answer within ${FIRST_BYTE_WITHIN / 1000} seconds`);
    let timer = setTimeout(tooSlow, FIRST_BYTE_WITHIN);
    child.on('message', (/** @type {import('./electron-download.mjs').Report} */ report) => {
      if ('done' in report) return finish();
      if ('problem' in report) return finish(report.problem);
      clearTimeout(timer);
      timer = setTimeout(() => finish('the download stalled'), NEXT_BYTE_WITHIN);
      bar.update(`${megabytes(report.transferred)}${report.total ? ` of ${megabytes(report.total)}` : ''}`);
    });
    child.on('close', () => finish('the download ended early'));
  });
  bar.done(problem);
  return problem;
}

/** The package's installer finds the archive in the cache and does the rest. */
async function unpack() {
  const code = await inherit(process.execPath, [inRoot('node_modules', 'electron', 'install.js')], { stdout: 'stderr' });
  return code === 0 ? undefined : `the electron package's installer ended with exit code ${code}`;
}

/** What a failure depends on: with another mirror or proxy the download is tried at once. */
async function describeAttempt() {
  const { version } = JSON.parse(await readFile(inRoot('node_modules', 'electron', 'package.json'), 'utf8'));
  const settings = Object.entries(process.env)
    .filter(([name]) => /^(npm_config_)?electron_(mirror|custom)|^https?_proxy$|^npm_config_.*proxy$/i.test(name))
    .sort(([a], [b]) => a.localeCompare(b));
  return digest(version, process.platform, process.arch, process.versions.node, JSON.stringify(settings));
}

/** @param {string} attempt */
async function hasFailed(attempt) {
  if (process.env['SESSION_INSPECTOR_RETRY_DOWNLOAD']) return false;
  try {
    const { attempt: failed, time } = JSON.parse(await readFile(FAILURES, 'utf8'));
    return failed === attempt && Date.now() - time < REMEMBERED_FOR;
  } catch {
    return false;
  }
}

/**
 * @param {string} attempt
 * @param {string} problem
 */
async function recordFailure(attempt, problem) {
  say('It is tried again in 12 hours, or at once with SESSION_INSPECTOR_RETRY_DOWNLOAD=1.');
  await mkdir(dirname(FAILURES), { recursive: true });
  await writeFile(FAILURES, JSON.stringify({ attempt, problem, time: Date.now() }));
}
