import { randomBytes } from 'node:crypto';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { moveExpireDates } from '../../../src/main/backends/demo-dates.ts';
import type { Child, ServedInspector, ServedOptions } from '../../../src/main/connection-protocol.ts';
import { serveConnection } from '../../../src/main/connection-server.ts';
import { testConnection } from '../../../src/main/connection-test/connection-test.ts';
import { DISK } from '../../../src/main/import/files.ts';
import { importProfile } from '../../../src/main/import/importer.ts';

export type Twin = Child &
  Readonly<{ /** ends it at once, as a crash does */ crash(code: number): void; killed: () => readonly boolean[] }>;

/**
 * The twin of connection.ts: the same wire and the same server, in this process. Messages are cloned as they are between
 * processes, so what cannot cross there cannot cross here.
 * @param stubborn does not end when asked to
 */
export function inProcess(open: (options: ServedOptions) => Promise<ServedInspector>, stubborn = false): Twin {
  const { port1, port2 } = new MessageChannel();
  const exits: ((code: number | null) => void)[] = [];
  const kills: boolean[] = [];
  let gone = false;
  const end = (code: number | null) => {
    if (gone) return;
    gone = true;
    closeBoth(port1, port2);
    for (const listener of exits) listener(code);
  };
  serveConnection(
    { post: (message) => gone || port2.postMessage(message), listen: (listener) => port2.on('message', listener) },
    // Behind everything that was posted, as a process ends behind it.
    {
      open,
      moveDates: moveExpireDates,
      importProfile: (work, signal) => importProfile(work, DISK, signal),
      test: (profile, secrets, tell, signal) => testConnection(profile, secrets, tell, signal, Date.now),
      now: Date.now,
      randomBytes,
      end: () => setTimeout(() => stubborn || end(0), 5),
    },
  );
  return {
    post: (message) => port1.postMessage(message),
    listen: (listener) => port1.on('message', listener),
    onExit: (listener) => exits.push(listener),
    kill: (force) => {
      kills.push(force);
      if (force || !stubborn) setImmediate(() => end(15));
    },
    crash: end,
    killed: () => kills,
  };
}

function closeBoth(...ports: readonly MessagePort[]): void {
  for (const port of ports) port.close();
}
