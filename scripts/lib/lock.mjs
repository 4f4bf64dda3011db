import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './console.mjs';

/** Longer than any locked step takes: a lock this old was left behind, whoever now owns its process id. */
const STALE_AFTER = 45 * 60_000;

/**
 * Runs one body at a time per file. Two runs at once would both download and both write; the second one waits and
 * finds the work done. What is published is renamed into place all the same, so a lost lock costs time, not safety.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withLock(file, body) {
  await mkdir(dirname(file), { recursive: true });
  await acquire(file);
  try {
    return await body();
  } finally {
    await rm(file, { force: true });
  }
}

/** @param {string} file */
async function acquire(file) {
  for (let told = false; ; ) {
    if (await create(file)) return;
    const owner = await ownerOf(file);
    if (owner === undefined) {
      await rm(file, { force: true });
      continue;
    }
    if (!told) say(`Waiting for another run (process ${owner}) to finish its set-up.`);
    told = true;
    await sleep(300);
  }
}

/** @param {string} file */
async function create(file) {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * The process that holds a lock, or undefined where none does any more.
 * @param {string} file
 */
async function ownerOf(file) {
  const [text, age] = await Promise.all([
    readFile(file, 'utf8').catch(() => ''),
    stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => STALE_AFTER,
    ),
  ]);
  // Created but not yet written: its owner is between two system calls.
  if (text === '' && age < 2000) return 0;
  const owner = Number(text);
  return owner > 0 && age < STALE_AFTER && isRunning(owner) ? owner : undefined;
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
