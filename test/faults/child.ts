import { readFileSync } from 'node:fs';
import { openApp, type Write, write } from './app.ts';
import { watchSteps } from './steps.ts';

/** One write of the app, in a process that ends itself, as a crash does, before its step number `killAt`. */

type Task = Readonly<{ folder: string; what: Write; killAt: number /** epoch milliseconds */; now: number }>;

const { folder, what, killAt, now } = JSON.parse(readFileSync(0, 'utf8')) as Task;
if (folder === '') process.exit(0);
let steps = 0;
let armed = false;
await watchSteps(() => {
  if (!armed) return;
  steps += 1;
  if (steps === killAt) process.kill(process.pid, 'SIGKILL');
});
Date.now = () => now;
const app = await openApp(folder);
const { connection } = await app.ask('connections.open', { profile: 'site' });
armed = true;
await write(app, what, connection);
armed = false;
await app.core.close();
process.exit(0);
