/**
 * Downloads the archive of the installed `electron` package into @electron/get's cache and reports on it; run by
 * electron-package.mjs with `fork`.
 *
 * @typedef {{ transferred: number, total: number | null } | { done: true } | { problem: string }} Report
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { inRoot } from './paths.mjs';

/** @param {Report} message */
function report(message) {
  process.send?.(message);
}

/** The innermost reason: fetch says no more than "fetch failed". @param {unknown} error */
function reason(error) {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (!(inner.cause instanceof Error)) return inner.message.split('\n', 1)[0] ?? '';
  }
  return String(error);
}

try {
  const electron = createRequire(inRoot('node_modules', 'electron', 'package.json'));
  const { downloadArtifact } = await import(pathToFileURL(electron.resolve('@electron/get')).href);
  await downloadArtifact({
    version: electron('./package.json').version,
    artifactName: 'electron',
    platform: process.platform,
    arch: process.arch,
    checksums: electron('./checksums.json'),
    cacheRoot: process.env['electron_config_cache'],
    downloadOptions: {
      quiet: true,
      getProgressCallback: async (/** @type {{ transferred: number, total: number | null }} */ { transferred, total }) =>
        report({ transferred, total }),
    },
  });
  report({ done: true });
} catch (error) {
  report({ problem: reason(error) });
}
