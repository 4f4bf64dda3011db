import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensurePackages } from './apt.mjs';
import { Failure, progress, say } from './console.mjs';
import { asNode } from './electron.mjs';
import { withLock } from './lock.mjs';
import { digest, inRoot, ROOT, USER_CACHE } from './paths.mjs';
import { capture } from './processes.mjs';
import { compilerNeeds, headersNeed } from './system.mjs';

const PACKAGE = inRoot('node_modules', 'better-sqlite3');

/** Where the package's loader looks before it takes the prebuilt binary. */
const COMPILED = join(PACKAGE, 'build', 'Release', 'better_sqlite3.node');

/**
 * The package is written for Node-API 10. Node 20 and Electron 33 offer 9, but have what it uses behind the
 * experimental switch; its prebuilt binary crashes them. Asking for NAPI_VERSION=9 compiles and then aborts at load:
 * version 9 refuses persistent references to strings.
 */
const NODE_API_9_FLAGS = '-UNAPI_VERSION -DNAPI_EXPERIMENTAL -DNODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT';

/**
 * Makes sure that better-sqlite3 loads in a runtime (an Electron as Node, or a Node). One compiled file serves them all.
 * @param {string} executable
 */
export async function ensureBetterSqlite3(executable) {
  if (await loads(executable)) return;
  await withLock(join(ROOT, '.cache', 'better-sqlite3.lock'), async () => {
    await rm(COMPILED, { force: true });
    if (await loads(executable)) return;
    await install(await compiledFor(executable));
    if (!(await loads(executable))) throw new Failure(`better-sqlite3 was compiled and still does not load in ${executable}.`);
  });
}

/**
 * Tries it in a process of its own, because a mismatch is a crash and not an exception.
 * @param {string} executable
 */
async function loads(executable) {
  const script = "new (require('better-sqlite3'))(':memory:').prepare('SELECT 1').get()";
  const { code } = await capture(executable, ['-e', script], { cwd: ROOT, env: asNode() });
  return code === 0;
}

/**
 * The compiled file in the user's cache, made if it is not there.
 * @param {string} executable
 */
async function compiledFor(executable) {
  const flags = (await nodeApiOf(executable)) < 10 ? NODE_API_9_FLAGS : '';
  const { version } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'));
  const file = join(USER_CACHE, `better-sqlite3-${version}-${process.platform}-${process.arch}-${digest(flags, libc()).slice(0, 8)}.node`);
  if (existsSync(file)) return file;
  await ensurePackages([...compilerNeeds(), headersNeed()]);
  await withLock(`${file}.lock`, async () => {
    if (!existsSync(file)) await compile(file, flags);
  });
  return file;
}

/**
 * @param {string} executable
 * @returns {Promise<number>}
 */
async function nodeApiOf(executable) {
  const { code, stdout, stderr } = await capture(executable, ['-p', 'process.versions.napi'], { env: asNode() });
  if (code !== 0) throw new Failure(`${executable} does not start: ${stderr.trim() || `exit code ${code}`}`);
  return Number(stdout);
}

/** A file compiled against one C library does not load with another. */
function libc() {
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return header.glibcVersionRuntime ? 'glibc' : 'other';
}

/**
 * @param {string} file where the result goes
 * @param {string} flags
 */
async function compile(file, flags) {
  const work = `${file}.${randomUUID().slice(0, 8)}.tmp`;
  const log = file.replace(/\.node$/, '.log');
  const bar = progress('Compiling better-sqlite3 for this runtime, a minute or two, once per user');
  const timer = setInterval(() => bar.update('still at it'), 1000);
  try {
    await layOut(work);
    const { code, stdout, stderr } = await capture(process.execPath, nodeGyp(), {
      cwd: join(work, 'better-sqlite3'),
      env: { ...process.env, CXXFLAGS: `${process.env['CXXFLAGS'] ?? ''} ${flags}`.trim(), JOBS: 'max' },
    });
    bar.done(code === 0 ? 'done' : 'failed');
    await writeFile(log, `${stdout}\n${stderr}`);
    if (code !== 0)
      throw new Failure(`better-sqlite3 does not compile; the whole output is in ${log}:\n${stderr.split('\n').slice(-20).join('\n')}`);
    await rename(join(work, 'better-sqlite3', 'build', 'Release', 'better_sqlite3.node'), file);
  } finally {
    clearInterval(timer);
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * A copy of the sources beside the one package they include from, so that node_modules holds no object files.
 * @param {string} work
 */
async function layOut(work) {
  await mkdir(join(work, 'node_modules'), { recursive: true });
  await cp(PACKAGE, join(work, 'better-sqlite3'), { recursive: true });
  await symlink(inRoot('node_modules', 'node-addon-api'), join(work, 'node_modules', 'node-addon-api'), 'junction');
}

function nodeGyp() {
  const args = [inRoot('node_modules', 'node-gyp', 'bin', 'node-gyp.js'), 'rebuild', '--release', '--force_build=1'];
  const prefix = dirname(dirname(process.execPath));
  // Node's own headers where they are installed; node-gyp downloads them otherwise.
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? [...args, `--nodedir=${prefix}`] : args;
}

/**
 * Renamed into place: a process that runs from the old file keeps it.
 * @param {string} file
 */
async function install(file) {
  await mkdir(dirname(COMPILED), { recursive: true });
  const copy = `${COMPILED}.${process.pid}.tmp`;
  await copyFile(file, copy);
  await rename(copy, COMPILED);
  say('better-sqlite3 is in place.');
}
