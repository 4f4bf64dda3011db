import { join } from 'node:path';
import log from 'electron-log/main';
import { redact } from './redact.ts';

/** bytes; the file before it is kept as main.old.log */
const LARGEST_LOG = 1024 * 1024;

export type Log = Readonly<{ info(message: string): void; error(message: string, thrown?: unknown): void }>;

/** The log file, in `folder`. Whatever is written passes redaction first. */
export function openLog(folder: string): Log {
  log.transports.file.resolvePathFn = () => join(folder, 'logs', 'main.log');
  log.transports.file.maxSize = LARGEST_LOG;
  log.transports.file.level = 'info';
  log.transports.console.level = 'warn';
  log.hooks.push((message) => ({ ...message, data: message.data.map((item: unknown) => redact(item)) }));
  return {
    info: (message) => log.info(message),
    error: (message, thrown) => (thrown === undefined ? log.error(message) : log.error(message, thrown)),
  };
}
