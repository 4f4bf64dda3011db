import { spawn } from 'node:child_process';
import { say } from './console.mjs';

/**
 * @typedef {object} Outcome
 * @property {number} code exit code; 128 and more where a signal ended the process, as a shell reports it
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * @typedef {object} Options
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] the whole environment; the parent's without it
 * @property {number} [timeout] milliseconds, after which the program is told to end, and made to ten seconds later
 */

const SIGNAL_NUMBERS = new Map([
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGQUIT', 3],
  ['SIGILL', 4],
  ['SIGTRAP', 5],
  ['SIGABRT', 6],
  ['SIGKILL', 9],
  ['SIGSEGV', 11],
  ['SIGTERM', 15],
]);

/**
 * Runs a program and collects what it prints. Never rejects: a program that cannot be started has code 127.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Options} [options]
 * @returns {Promise<Outcome>}
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += text));
    child.on('error', (error) => resolve({ code: 127, stdout: '', stderr: String(error) }));
    child.on('close', (code, signal) => resolve({ code: exitCode(code, signal), ...output }));
  });
}

/**
 * Runs a program that shares this one's console.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Options & { stdout?: 'inherit' | 'stderr' }} [options] where its stdout goes: set-up steps write to stderr
 * @returns {Promise<number>} its exit code
 */
export function inherit(command, args, { stdout = 'inherit', timeout, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['inherit', stdout === 'stderr' ? 2 : 'inherit', 'inherit'] });
    const restore = forwardSignals(child);
    const limit = timeout === undefined ? undefined : endAfter(child, timeout);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      restore();
      clearTimeout(limit);
      resolve(exitCode(code, signal));
    });
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} milliseconds
 */
function endAfter(child, milliseconds) {
  return setTimeout(() => {
    say(`No end after ${Math.round(milliseconds / 60_000)} minutes; stopping it.`);
    child.kill();
    setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
  }, milliseconds);
}

/**
 * Lets the child decide about Ctrl-C and an ordinary kill, so that it can close its own children first.
 * @param {import('node:child_process').ChildProcess} child
 */
function forwardSignals(child) {
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
function exitCode(code, signal) {
  return code ?? 128 + (SIGNAL_NUMBERS.get(signal ?? '') ?? 0);
}
