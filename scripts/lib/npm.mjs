import { basename } from 'node:path';

/**
 * How to run npm: the very npm that runs this script where there is one, so that its version and settings hold.
 * @param {readonly string[]} args
 * @returns {[command: string, args: string[]]}
 */
export function npm(args) {
  const path = process.env['npm_execpath'];
  if (path && /^npm(-cli)?\.[cm]?js$/.test(basename(path))) return [process.execPath, [path, ...args]];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', [...args]];
}
