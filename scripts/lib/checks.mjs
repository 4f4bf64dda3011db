import { inRoot, ROOT } from './paths.mjs';
import { inherit } from './processes.mjs';

/** @typedef {import('./steps.mjs').Step} Step */

/**
 * @param {string} name
 * @param {readonly string[]} program path below node_modules, then arguments
 * @returns {Step}
 */
function check(name, [program = '', ...args]) {
  return { name, run: async () => ({ code: await inherit(process.execPath, [inRoot('node_modules', program), ...args], { cwd: ROOT }) }) };
}

/**
 * What is found by reading the sources. The lint rules hold the layers apart, see biome.json.
 * @type {Readonly<Record<'types' | 'lint' | 'unused', Step>>}
 */
export const CHECKS = {
  types: check('types', ['typescript/bin/tsc', '-b']),
  lint: check('lint', ['@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']),
  unused: check('unused', ['knip/bin/knip.js']),
};
