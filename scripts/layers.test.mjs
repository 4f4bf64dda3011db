/**
 * The layering table of ARCHITECTURE.md, tried on the lint rules that enforce it: a rule that stopped firing would
 * otherwise go unnoticed.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inRoot } from './lib/paths.mjs';
import { capture } from './lib/processes.mjs';

/** Which module may import what: specifiers, or whole statements where a name matters. */
const LAYERS = {
  'src/renderer/sessions/grid.tsx': {
    may: ['react', '@base-ui/react/dialog', '../../preload/api.ts', '../ui/button.tsx', './grid.module.css'],
    mayNot: ['electron', 'node:fs', 'fs', '../../main/errors.ts', '../../preload/index.ts', 'electron-log', 'kysely', 'pg'],
  },
  'src/preload/index.ts': {
    may: ['electron', './api.ts', './channels.ts'],
    mayNot: ['zod', 'node:path', './profile.ts', '../main/errors.ts'],
  },
  'src/preload/api.ts': {
    may: ['zod', './profile.ts', '../main/django/document.ts'],
    mayNot: ['electron', 'react', 'node:crypto', '../main/errors.ts', '../main/django/signing.ts'],
  },
  'src/main/window.ts': {
    may: ['electron', 'node:path', './protocol.ts', './errors.ts', '../preload/api.ts', 'electron-log/main'],
    mayNot: [
      './backends/db.ts',
      './databases/sqlite3.ts',
      './caches/redis.ts',
      './django/signing.ts',
      './jobs/search.ts',
      'pg',
      'better-sqlite3',
    ],
  },
  'src/main/menu.ts': {
    may: ["import { Menu } from 'electron';"],
    mayNot: ["import { ipcMain } from 'electron';", "import { ipcMain } from 'electron/main';"],
  },
  'src/main/ipc.ts': {
    may: ["import { ipcMain } from 'electron';", './dispatch.ts'],
    mayNot: ['./backends/db.ts', 'ioredis'],
  },
  'src/main/handlers.ts': {
    may: ['zod', 'node:path', './errors.ts', './backends/db.ts', './django/session.ts', './jobs/search.ts', '../preload/api.ts'],
    mayNot: [
      'electron',
      'electron-log/main',
      './window.ts',
      './connection.ts',
      './databases/sqlite3.ts',
      './caches/redis.ts',
      '../renderer/format.ts',
      '../preload/index.ts',
    ],
  },
  'src/main/jobs/search.ts': {
    may: ['../errors.ts', '../backends/base.ts', '../django/session.ts', '../../preload/api.ts'],
    mayNot: ['electron', '../window.ts', '../databases/sqlite3.ts', 'kysely'],
  },
  'src/main/import/importer.ts': {
    may: ['../errors.ts', '../django/settings.ts', './python/module-reader.ts', 'node:child_process', 'zod'],
    mayNot: ['electron', '../backends/db.ts', '../databases/sqlite3.ts', '../inspector.ts', '../window.ts', '../secrets.ts'],
  },
  'src/main/a-new-folder/module.ts': {
    may: ['../errors.ts', '../backends/base.ts'],
    mayNot: ['electron', '../window.ts', '../databases/sqlite3.ts', 'ioredis'],
  },
  'src/main/backends/db.ts': {
    may: ['./base.ts', '../databases/sqlite3.ts', '../caches/redis.ts', '../django/session.ts', '../errors.ts', 'node:fs', 'kysely'],
    mayNot: ['electron', 'better-sqlite3', 'pg', 'mysql2', 'ioredis', '../inspector.ts', '../../preload/api.ts', '../jobs/search.ts'],
  },
  'src/main/databases/sqlite3.ts': {
    may: ['better-sqlite3', 'kysely', './database.ts', '../errors.ts', 'node:fs'],
    mayNot: ['pg', 'electron', '../backends/base.ts', '../django/session.ts', '../caches/redis.ts'],
  },
  'src/main/databases/postgresql.ts': { may: ['pg', 'pg-cursor'], mayNot: ['mysql2', 'better-sqlite3'] },
  'src/main/databases/mysql.ts': { may: ['mysql2/promise'], mayNot: ['pg', 'ioredis'] },
  'src/main/caches/redis.ts': {
    may: ['ioredis', '../errors.ts', 'node:tls'],
    mayNot: ['pg', '../databases/sqlite3.ts', '../django/cache-key.ts'],
  },
  'src/main/caches/memcached.ts': { may: ['node:net', '../errors.ts'], mayNot: ['ioredis', 'electron', '../backends/cache.ts'] },
  'src/main/caches/db.ts': { may: ['../databases/sqlite3.ts', '../errors.ts'], mayNot: ['better-sqlite3', '../django/session.ts'] },
  'src/main/django/signing.ts': {
    may: ['node:crypto', 'node:zlib', 'zod', 'pako', './base62.ts', './serializers/json/view.ts', '../errors.ts'],
    mayNot: ['node:fs', 'electron', '../backends/base.ts', '../profiles.ts', '../../preload/api.ts', 'kysely'],
  },
  'src/main/django/compressors/xz.ts': {
    may: ['../base62.ts', '../../errors.ts'],
    mayNot: ['../../profiles.ts', '../../caches/redis.ts', 'node:net'],
  },
  'src/main/django/serializers/json/view.ts': {
    may: ['../../document.ts', '../pickle/reader.ts', '../../../errors.ts'],
    mayNot: ['../../../profiles.ts', '../../../backends/base.ts', 'node:child_process'],
  },
};

const RULES = ['style/noRestrictedImports', 'correctness/noNodejsModules'];

/** @type {string} */
let project;
/** @type {Map<string, Set<number>>} lines with a finding, by file */
const findings = new Map();

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'layers-'));
  const { $schema: _, vcs: __, ...rules } = JSON.parse(await readFile(inRoot('biome.json'), 'utf8'));
  await write('biome.json', JSON.stringify({ ...rules, root: true }));
  for (const [file, { may, mayNot }] of Object.entries(LAYERS)) await write(file, [...may, ...mayNot].map(statement).join('\n'));
  for (const { category, location } of await lint()) {
    if (!RULES.some((rule) => category === `lint/${rule}`)) continue;
    findings.set(location.path, (findings.get(location.path) ?? new Set()).add(location.start.line));
  }
});

afterAll(() => rm(project, { recursive: true, force: true }));

describe.each(Object.entries(LAYERS))('%s', (file, { may, mayNot }) => {
  const line = (/** @type {string} */ imported) => [...may, ...mayNot].indexOf(imported) + 1;

  test.each(may)('may import %s', (imported) => expect(findings.get(file)?.has(line(imported)) ?? false).toBe(false));
  test.each(mayNot)('may not import %s', (imported) => expect(findings.get(file)?.has(line(imported))).toBe(true));
});

/** @param {string} imported */
function statement(imported) {
  return imported.includes(' ') ? imported : `import '${imported}';`;
}

/**
 * @param {string} file
 * @param {string} text
 */
async function write(file, text) {
  await mkdir(dirname(join(project, file)), { recursive: true });
  await writeFile(join(project, file), text);
}

/** @returns {Promise<{ category: string, location: { path: string, start: { line: number } } }[]>} */
async function lint() {
  const biome = inRoot('node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', 'src'];
  const { stdout } = await capture(process.execPath, args, { cwd: project });
  return JSON.parse(stdout).diagnostics;
}
