import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'vite';
import type { StartScanWorker } from '../../../../src/main/scan/pool.ts';

export type Threads = Readonly<{ start: StartScanWorker } & AsyncDisposable>;

/** The worker of src/main/scan as the app's build makes it, in a folder inside the project so that its native module is found. */
export async function builtThreads(): Promise<Threads> {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  const outDir = await mkdtemp(join(root, 'node_modules', '.scan-worker-'));
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['better-sqlite3'] },
    build: {
      ssr: join(root, 'src/main/scan/worker.ts'),
      outDir,
      target: 'node20.18',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'worker.mjs' } },
    },
  });
  return {
    start: (setup) => new Worker(join(outDir, 'worker.mjs'), { workerData: setup, execArgv: [] }),
    [Symbol.asyncDispose]: () => rm(outDir, { recursive: true, force: true }),
  };
}
