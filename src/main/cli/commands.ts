import { errorData } from '../errors.ts';
import { answerText, failure } from './answer.ts';
import { encodeRequest } from './encode.ts';
import { identifyRequest } from './identify.ts';
import { answerLines, type Line } from './lines.ts';
import { idOf, KeyCache, readRequest } from './request.ts';
import { runStoreCommand, type StoreCommand, type StoreWorld } from './store.ts';
import { EXPORT, FIND, LIST, SHOW } from './store-read.ts';
import { CLEAR_EXPIRED, DELETE, EXPIRE, SET } from './store-write.ts';

/** What a command may use of the world. */
export type CommandIo = Readonly<{
  args: readonly string[];
  input: AsyncIterable<Uint8Array>;
  write: (text: string) => Promise<void>;
  warn: (text: string) => void;
  /** epoch seconds */
  now: () => number;
  /** commands on stores: the environment, and threads where there are any */
  world?: StoreWorld;
}>;

export type Command = Readonly<{
  /** one line for the list of commands */
  summary: string;
  /** @returns the exit code, see EXIT */
  run: (io: CommandIo) => Promise<number>;
}>;

/** What the process ends with. */
export const EXIT = {
  /** every line was answered; verdicts and errors of values stand in the answers */
  done: 0,
  /** at least one line could not be used: no JSON, a wrong field, a kind that is not known; its answer says why */
  badLines: 1,
  /** no such command, or arguments it does not take */
  usage: 2,
  /** input or output failed */
  failed: 3,
} as const;

/** The commands by name. Add one here, and to docs/cli.md. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  identify: {
    summary: 'JSON lines in: values. JSON lines out: what each is, whether its signature holds, what it says.',
    run: (io) => runLines(io, identifyAnswer),
  },
  encode: {
    summary: 'JSON lines in: data and keys. JSON lines out: the values that Django would store or send.',
    run: (io) => runLines(io, encodeAnswer),
  },
  list: onStore(LIST),
  find: onStore(FIND),
  show: onStore(SHOW),
  set: onStore(SET),
  expire: onStore(EXPIRE),
  delete: onStore(DELETE),
  'clear-expired': onStore(CLEAR_EXPIRED),
  export: onStore(EXPORT),
};

function onStore(command: StoreCommand): Command {
  return { summary: command.summary, run: (io) => runStoreCommand(command, io, io.world ?? { environment: {} }) };
}

type Answered = Readonly<{ text: string; usable: boolean }>;

async function runLines(io: CommandIo, answer: (line: Line, keys: KeyCache, now: number) => Answered): Promise<number> {
  if (io.args.length > 0) {
    io.warn(`This command takes no arguments: ${io.args.join(' ')}\n`);
    return EXIT.usage;
  }
  const keys = new KeyCache();
  let unusable = false;
  const text = (line: Line) => {
    const answered = answer(line, keys, io.now());
    if (!answered.usable) unusable = true;
    return answered.text;
  };
  await answerLines(io.input, text, io.write);
  return unusable ? EXIT.badLines : EXIT.done;
}

function identifyAnswer(line: Line, keys: KeyCache, now: number): Answered {
  try {
    const request = readRequest(line);
    return { text: answerText(identifyRequest(request, keys.keysOf(request), now)), usable: true };
  } catch (error) {
    const answer = failure(idOf(line), error);
    return { text: answerText({ ...answer, kind: kindOf(line) }), usable: errorData(error).code !== 'BadRequest' };
  }
}

function encodeAnswer(line: Line, keys: KeyCache, now: number): Answered {
  try {
    const request = readRequest(line);
    return { text: JSON.stringify({ ...encodeRequest(request, keys.keysOf(request), now), error: null }), usable: true };
  } catch (error) {
    const data = errorData(error);
    return {
      text: JSON.stringify({ id: idOf(line) ?? null, kind: kindOf(line), value: null, error: data }),
      usable: data.code !== 'BadRequest',
    };
  }
}

/** The kind as given, even where the line could not be answered. */
function kindOf(line: Line): string | null {
  try {
    const { kind } = readRequest(line);
    return kind ?? null;
  } catch {
    return null;
  }
}
