import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { COMMANDS, EXIT } from './cli/commands.ts';
import { errorData } from './errors.ts';
import type { ScanSetup } from './scan/messages.ts';

/**
 * The app without its window: `npm run --silent cli -- COMMAND`. Reads standard input, writes standard output, messages
 * to standard error. Exit codes: EXIT in cli/commands.ts.
 */
async function main(name: string | undefined, args: readonly string[]): Promise<number> {
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const asked = name === '--help' || name === 'help';
    (asked ? process.stdout : process.stderr).write(usage());
    return asked ? EXIT.done : EXIT.usage;
  }
  const startScanWorker = (setup: ScanSetup) =>
    new Worker(new URL('./scan-worker.js', import.meta.url), { workerData: setup, execArgv: [] });
  const world = { environment: process.env, startScanWorker };
  return command.run({
    args,
    input: process.stdin,
    write,
    warn: (text) => process.stderr.write(text),
    now: () => Date.now() / 1000,
    world,
  });
}

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(15)}${summary}`);
  return `Usage: npm run --silent cli -- COMMAND\n\n${lines.join('\n')}\n`;
}

/** Waits where the reader is slower, so that a corpus of any size passes through. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

// A reader that has seen enough (head) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failed));

try {
  const [name, ...args] = process.argv.slice(2);
  process.exitCode = await main(name, args);
} catch (error) {
  process.stderr.write(`${errorData(error).message}\n`);
  process.exitCode = EXIT.failed;
}
