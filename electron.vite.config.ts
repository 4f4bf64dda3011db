import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

/**
 * What the oldest supported Electron (33) has. Written out, because electron-vite would otherwise derive the targets
 * from the `electron` package, which is newer.
 */
const NODE = 'node20.18';
const CHROME = 'chrome130';

export default defineConfig({
  main: {
    build: {
      target: NODE,
      // Everything is bundled but what package.json lists under `dependencies`: better-sqlite3, a native module.
      externalizeDeps: true,
      rolldownOptions: {
        input: { index: 'src/main/index.ts', cli: 'src/main/cli.ts', 'scan-worker': 'src/main/scan/worker.ts' },
        // A ?modulePath import is a build inside the build, and takes as long as one.
        checks: { pluginTimings: false },
      },
    },
  },
  preload: {
    build: {
      target: NODE,
      // A sandboxed preload can require neither ES modules nor packages: one CommonJS file.
      externalizeDeps: false,
      rolldownOptions: { output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    base: './',
    build: {
      target: CHROME,
      // Read and compiled at every start.
      minify: true,
      // The page's policy allows no data: or inline resource, so every asset stays a file.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    plugins: [react()],
  },
});
