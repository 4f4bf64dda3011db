import { join } from 'node:path';

/**
 * Closes every way by which another program could make the packaged app run something else, before it is signed. All
 * fuses are written out; flipFuses refuses a list that leaves one to Electron's default.
 * @param {import('electron-builder').AfterPackContext} context
 */
export async function flipAllFuses({ appOutDir, electronPlatformName, packager }) {
  const { flipFuses, FuseV1Options: Fuse, FuseVersion, getCurrentFuseWire } = await import('@electron/fuses');
  const executable = join(appOutDir, executableOf(electronPlatformName, packager));
  /** @type {Record<import('@electron/fuses').FuseV1Options, boolean>} */
  const all = {
    [Fuse.RunAsNode]: false,
    [Fuse.EnableCookieEncryption]: true,
    [Fuse.EnableNodeOptionsEnvironmentVariable]: false,
    [Fuse.EnableNodeCliInspectArguments]: false,
    [Fuse.EnableEmbeddedAsarIntegrityValidation]: true,
    [Fuse.OnlyLoadAppFromAsar]: true,
    [Fuse.LoadBrowserProcessSpecificV8Snapshot]: false,
    [Fuse.GrantFileProtocolExtraPrivileges]: false,
    [Fuse.WasmTrapHandlers]: true,
  };
  // An older Electron has fewer; naming one it lacks is an error.
  const wire = await getCurrentFuseWire(executable);
  const present = Object.fromEntries(Object.entries(all).filter(([fuse]) => fuse in wire));
  await flipFuses(
    executable,
    /** @type {import('@electron/fuses').FuseConfig} */ ({
      version: FuseVersion.V1,
      strictlyRequireAllFuses: true,
      resetAdHocDarwinSignature: electronPlatformName === 'darwin',
      ...present,
    }),
  );
}

/**
 * @param {string} platform
 * @param {import('electron-builder').AfterPackContext['packager']} packager
 */
function executableOf(platform, packager) {
  const name = packager.appInfo.productFilename;
  if (platform === 'darwin') return `${name}.app`;
  if (platform === 'win32') return `${name}.exe`;
  return 'executableName' in packager ? String(packager.executableName) : name;
}
