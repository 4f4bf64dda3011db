import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, say } from './console.mjs';
import { withLock } from './lock.mjs';
import { CLONE_CACHE, digest, inRoot, ROOT } from './paths.mjs';
import { inherit } from './processes.mjs';

/** What the bundles are made of. */
const INPUTS = ['src', 'resources', 'electron.vite.config.ts', 'package.json', 'package-lock.json'];

const STAMP = join(CLONE_CACHE, 'build-inputs');

/** Builds out/ where its inputs are not those of the last build. */
export async function ensureBuild() {
  await withLock(join(CLONE_CACHE, 'build.lock'), async () => {
    const inputs = await digestOf(INPUTS);
    if (inputs === (await readFile(STAMP, 'utf8').catch(() => '')) && isBuilt()) return;
    await forgetBuild();
    say('Building the app.');
    const code = await inherit(process.execPath, [electronVite(), 'build', '--logLevel=warn'], { cwd: ROOT, stdout: 'stderr' });
    if (code !== 0) throw new Failure('The build failed; its own message is above.');
    await mkdir(CLONE_CACHE, { recursive: true });
    await writeFile(STAMP, inputs);
  });
}

/** The dev server writes other bundles to the same place. */
export async function forgetBuild() {
  await rm(STAMP, { force: true });
}

export function electronVite() {
  return inRoot('node_modules', 'electron-vite', 'bin', 'electron-vite.js');
}

function isBuilt() {
  return ['main', 'preload', 'renderer'].every((folder) => existsSync(inRoot('out', folder)));
}

/**
 * Contents, not times: switching branches back and forth builds nothing.
 * @param {readonly string[]} inputs files and folders
 */
async function digestOf(inputs) {
  const files = (await Promise.all(inputs.map(filesIn))).flat().sort();
  const parts = await Promise.all(files.map(async (file) => [file, await readFile(inRoot(file))]));
  return digest(process.version, ...parts.flat());
}

/**
 * @param {string} input a file or folder below the root
 * @returns {Promise<string[]>} names of files below the root
 */
async function filesIn(input) {
  if (!existsSync(inRoot(input))) return [];
  const entries = await readdir(inRoot(input), { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (!entries) return [input];
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1));
}
