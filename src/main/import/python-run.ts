/** Asks the project's own Python for its settings: this runs the project's code, which a person has agreed to by then. */
import { spawn } from 'node:child_process';
import { z } from 'zod';
import { InspectorError } from '../errors.ts';
import { redactText } from '../redact.ts';
import { PYTHON_SCRIPT } from './python-script.ts';

/** Milliseconds that the project's code may take. */
const TIME = 30_000;
const OUTPUT = 1024 * 1024;
/** Milliseconds for what was said last to arrive. */
const LAST_WORDS = 300;
/** Characters of what the project printed that a message quotes. */
const QUOTED = 400;

const text = z.string().max(65_536);
const Answer = z.object({
  version: z
    .string()
    .regex(/^\d{1,2}\.\d{1,2}$/)
    .optional(),
  settings: z.record(z.string().max(100), z.json()),
  notes: z.array(text).max(10),
  error: text.optional(),
  engine: text.nullish(),
  store_class: text.nullish(),
  cache_key_prefix: text.nullish(),
  session_table: text.nullish(),
  database: text.nullish(),
  user: z.object({ table: text, id: text, username: text.nullish(), email: text, password: text, is_active: text }).optional(),
});
export type PythonAnswer = Readonly<z.output<typeof Answer>>;

export type PythonQuestion = Readonly<{
  /** absolute path of the interpreter, or its name on the PATH */
  python: string;
  /** that of manage.py */
  folder: string;
  settings_module: string;
}>;

/** @throws InspectorError MissingFile, ImproperlyConfigured with what the project said, Timeout, LimitExceeded, Canceled */
export async function askPython(question: PythonQuestion, signal: AbortSignal, time = TIME): Promise<PythonAnswer> {
  const { output, errors } = await run(question, signal, time);
  const answer = parsed(output);
  if (answer === null) {
    throw new InspectorError('ImproperlyConfigured', `The project's Python gave no answer${quoted(errors)}`, {
      hint: 'Does "manage.py check" work with this interpreter?',
    });
  }
  if (answer.error !== undefined) {
    throw new InspectorError('ImproperlyConfigured', `The settings did not load: ${redactText(answer.error)}`, {
      hint: /No module named ['"]?django\b/.test(answer.error)
        ? 'This Python has no Django: choose the interpreter of the project.'
        : 'Choose another settings module or interpreter, or fill the form in. Variables that the site is started with are not set here.',
    });
  }
  return answer;
}

type Ran = Readonly<{ output: string; errors: string }>;

function run({ python, folder, settings_module }: PythonQuestion, signal: AbortSignal, time: number): Promise<Ran> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new InspectorError('Canceled', 'Canceled'));
    const args = ['-c', PYTHON_SCRIPT, settings_module, String(Math.ceil(time / 1000) + 5)];
    // A group of its own, so that what it starts ends with it.
    const grouped = process.platform !== 'win32';
    const child = spawn(python, args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment(),
      detached: grouped,
      windowsHide: true,
    });
    let [output, errors] = ['', ''];
    let failure: InspectorError | null = null;
    const end = (error: InspectorError | null) => {
      failure ??= error;
      if (child.pid !== undefined && child.exitCode === null) kill(child.pid, grouped);
    };
    const cancel = () => end(new InspectorError('Canceled', 'Canceled'));
    const timer = setTimeout(() => end(tooLong(time)), time);
    signal.addEventListener('abort', cancel, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1');
      if (output.length > OUTPUT) end(new InspectorError('LimitExceeded', `The project's Python answered with more than ${OUTPUT} bytes`));
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString('utf8')).slice(-4 * QUOTED);
    });
    const finish = (error: InspectorError | null) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      if (failure !== null || error !== null) reject(failure ?? error);
      else resolve({ output, errors });
    };
    child.on('error', (cause) => finish(notStarted(python, cause)));
    // What the project left running may hold the pipes open.
    child.on('exit', () => setTimeout(() => [child.stdout, child.stderr].forEach((stream) => void stream.destroy()), LAST_WORDS));
    child.on('close', () => finish(null));
  });
}

/** Enough to run and to find its own files; nothing of what this app was started with. */
function environment(): Record<string, string> {
  const names = [
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
  ];
  const own = names.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // Looking at a project leaves no __pycache__ behind.
  return { ...Object.fromEntries(own), PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' };
}

function kill(pid: number, grouped: boolean): void {
  try {
    process.kill(grouped ? -pid : pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

function parsed(output: string): PythonAnswer | null {
  try {
    const answer = Answer.safeParse(JSON.parse(output));
    return answer.success ? answer.data : null;
  } catch {
    return null;
  }
}

function tooLong(time: number): InspectorError {
  return new InspectorError('Timeout', `The project's Python did not answer within ${time / 1000} seconds and was ended`, {
    hint: 'Something in the settings or the apps waits: fill the form in instead.',
  });
}

function notStarted(python: string, cause: Error): InspectorError {
  return new InspectorError('MissingFile', `${python} could not be started`, {
    hint: 'Choose the Python of the project: bin/python of its virtual environment.',
    cause,
  });
}

function quoted(errors: string): string {
  const last = errors.trim().slice(-QUOTED);
  return last === '' ? '' : `: ${redactText(last)}`;
}
