import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type Answered = Readonly<{ seconds: number; answer: unknown /** bytes */; peak: number }>;

/** Real Django, Debian's, in a process of its own that does one thing after the other. */
export type Django = Readonly<{ ask(command: string, ...args: readonly unknown[]): Promise<Answered> } & AsyncDisposable>;

/** @param folder of the benchmarks @param settings of the site */
export function startDjango(folder: string, settings: Readonly<Record<string, unknown>>): Django {
  const child = spawn('/usr/bin/python3', ['-u', `${folder}/django_store.py`, JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (command, ...args) => {
      child.stdin.write(`${JSON.stringify({ do: command, args })}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error(`Django ended at ${command}`);
      return JSON.parse(line.value) as Answered;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await gone;
    },
  };
}
