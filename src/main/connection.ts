import { utilityProcess } from 'electron';
import modulePath from './connection-process.ts?modulePath';
import type { Child, FromProcess, ToProcess } from './connection-protocol.ts';

/**
 * What a connection's process sees of the environment: enough to run, find its locale and trust the system's CAs. Drivers
 * read more than they should (PGPASSWORD, MYSQL_PWD), and profiles alone say where to connect and as whom.
 */
const ENVIRONMENT = [
  'PATH',
  'HOME',
  'USERPROFILE',
  'SystemRoot',
  'SystemDrive',
  'TEMP',
  'TMP',
  'TMPDIR',
  'LANG',
  'LC_ALL',
  'TZ',
  'LD_LIBRARY_PATH',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/** Starts the process of one connection. Profile and secrets reach it as a message: never in arguments or environment. */
export function forkConnection(): Child {
  const env: Record<string, string> = {};
  for (const name of ENVIRONMENT) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  const child = utilityProcess.fork(modulePath, [], { serviceName: 'Session Inspector connection', stdio: 'ignore', env });
  return {
    post: (message: ToProcess) => child.postMessage(message),
    listen: (listener: (message: FromProcess) => void) => child.on('message', listener),
    onExit: (listener) => child.once('exit', (code) => listener(typeof code === 'number' ? code : null)),
    kill: (force) => {
      if (!force) child.kill();
      else if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}
