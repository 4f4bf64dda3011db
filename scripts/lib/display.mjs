import { spawn } from 'node:child_process';
import { Failure } from './console.mjs';

/**
 * Says so where no window could be shown, before anything is downloaded for it.
 * @param {string} command what the person typed
 */
export function requireDisplay(command) {
  if (process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']) return;
  throw new Failure(
    `There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set. For a display without a screen:\n\n  xvfb-run -a ${command}\n\n` +
      'xvfb-run is part of the Debian packages xvfb and xauth.',
  );
}

/**
 * Runs one body with an X server without a screen, which chooses a free display number itself.
 * @template T
 * @param {(display: string) => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withXvfb(body) {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1920x1080x24', '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise((resolve) => server.on('close', resolve));
  // Whatever ends this process must not leave the server behind.
  const stop = () => server.kill();
  process.once('exit', stop);
  try {
    return await body(`:${await displayNumber(server)}`);
  } finally {
    process.off('exit', stop);
    stop();
    await closed;
  }
}

/**
 * @param {import('node:child_process').ChildProcess} server
 * @returns {Promise<string>}
 */
function displayNumber(server) {
  let errors = '';
  server.stderr?.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    server.stdio[3]?.once('data', (data) => resolve(String(data).trim()));
    server.on('error', reject);
    server.on('close', () => reject(new Failure(`Xvfb did not start: ${errors.trim()}`)));
  });
}
