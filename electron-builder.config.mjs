import { flipAllFuses } from './scripts/lib/fuses.mjs';

/** @type {import('electron-builder').Configuration} */
export default {
  appId: 'org.session-inspector.app',
  productName: 'Session Inspector',
  directories: { output: 'dist', buildResources: 'resources/icons' },
  // Nothing of a package that has a native module leaves the archive but that module: what lies loose, anybody can change.
  asar: { smartUnpack: false },
  // Beside the archive: the app copies the demo's store from there.
  extraResources: [
    { from: 'resources/demo', to: 'demo' },
    { from: 'docs/licences.md', to: 'licences.md' },
  ],
  // The system loads native modules from real files only.
  asarUnpack: ['**/*.node'],
  files: [
    'out/**',
    '!out/**/*.map',
    'package.json',
    '!node_modules/**/*.{md,map,ts,gyp,gypi}',
    // Sources and headers are for compiling.
    '!node_modules/node-addon-api/**',
    '!node_modules/better-sqlite3/{deps,src}/**',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder replaces these
    '!node_modules/better-sqlite3/prebuilds/!(${os}-${arch}).node',
  ],
  // scripts/lib/better-sqlite3.mjs sees to the only native module.
  npmRebuild: false,
  linux: { category: 'Development', icon: 'icon.png', executableName: 'session-inspector', target: 'dir' },
  afterPack: flipAllFuses,
};
