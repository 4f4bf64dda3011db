/** The entry of a connection's process: an inspector behind a port. Every driver and every untrusted byte lives here. */
import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { moveExpireDates } from './backends/demo-dates.ts';
import type { FromProcess, ToProcess } from './connection-protocol.ts';
import { serveConnection, whereOf } from './connection-server.ts';
import { testConnection } from './connection-test/connection-test.ts';
import { DISK } from './import/files.ts';
import { importProfile } from './import/importer.ts';
import { openInspector } from './inspector.ts';
import type { ScanSetup } from './scan/messages.ts';

/** What the process still has to say needs a moment to leave it, milliseconds. */
const LAST_WORDS = 50;

const { parentPort } = process;
const post = (message: FromProcess) => parentPort.postMessage(message);

function crash(thrown: unknown): void {
  post({ type: 'crashed', where: whereOf(thrown) });
  setTimeout(() => process.exit(1), LAST_WORDS);
}

// An entry of its own in electron.vite.config.ts; this module lies in a folder below it.
const startScanWorker = (setup: ScanSetup) =>
  new Worker(new URL('../scan-worker.js', import.meta.url), { workerData: setup, execArgv: [] });

process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

serveConnection(
  { post, listen: (listener: (message: ToProcess) => void) => parentPort.on('message', ({ data }) => listener(data)) },
  {
    open: (options) => openInspector({ ...options, startScanWorker }),
    moveDates: moveExpireDates,
    importProfile: (work, signal) => importProfile(work, DISK, signal),
    test: (profile, secrets, tell, signal) => testConnection(profile, secrets, tell, signal, Date.now),
    now: Date.now,
    randomBytes,
    end: () => setTimeout(() => process.exit(0), LAST_WORDS),
  },
);
