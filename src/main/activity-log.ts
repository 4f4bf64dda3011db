import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { ErrorView } from '../preload/api.ts';
import { asideName, fileError, inTurn, writeFileAtomic } from './app-file.ts';

/** One line of activity.jsonl. Lines are only ever added; what an entry is now follows from all lines with its id. */
export const ActivityLine = z.discriminatedUnion('t', [
  z.strictObject({
    v: z.literal(1),
    t: z.literal('begin'),
    id: z.string().min(1).max(64),
    /** ISO 8601 UTC */
    at: z.string().max(40),
    profile: z.strictObject({ id: z.string(), name: z.string() }),
    place: z.string(),
    action: z.enum(['save', 'create', 'delete', 'cycle_key', 'set_expiry', 'clear_expired', 'undo', 'flush']),
    count: z.number().int().min(0),
    /** masked, and only the first of many: `count` has the number */
    session_keys: z.array(z.string()),
    by: z.string(),
  }),
  /** before-images are on disk */
  z.strictObject({ v: z.literal(1), t: z.literal('kept'), id: z.string() }),
  z.strictObject({
    v: z.literal(1),
    t: z.literal('end'),
    id: z.string(),
    at: z.string().max(40),
    outcome: z.enum(['done', 'partly', 'failed', 'conflict', 'interrupted']),
    count: z.number().int().min(0),
    message: z.string().optional(),
  }),
  z.strictObject({ v: z.literal(1), t: z.literal('undone'), id: z.string(), by: z.string() }),
]);
export type ActivityLine = Readonly<z.output<typeof ActivityLine>>;

export type ActivityLog = Readonly<{
  notices: readonly ErrorView[];
  /** returns once the line is on disk @throws InspectorError DiskFull, PermissionDenied, FileUnreadable; nothing was added then */
  append(line: ActivityLine): Promise<void>;
  close(): Promise<void>;
}>;

/**
 * Opens the log, handing every good line to `each` in order. A torn last line (a crash while it was written) is moved
 * into a file of its own; a bad line in the middle stays where it is. Both are told in `notices`.
 * @param now epoch milliseconds, for the name of the file set aside
 */
export async function openActivityLog(path: string, now: number, each: (line: ActivityLine) => void): Promise<ActivityLog> {
  const notices: ErrorView[] = [];
  try {
    const torn = await cutTornEnd(path, now);
    if (torn !== null)
      notices.push(notice(`The last line of ${basename(path)} was incomplete and was set aside`, `It is kept as ${torn}.`));
    const bad = await readLines(path, each);
    if (bad > 0) notices.push(notice(`${basename(path)} holds ${bad} lines that cannot be read`, `They are left as they are in ${path}.`));
    return appender(await open(path, 'a', 0o600), path, notices);
  } catch (cause) {
    throw fileError(cause, path, 'read');
  }
}

function notice(message: string, hint: string): ErrorView {
  return { code: 'FileUnreadable', message, hint };
}

function appender(handle: FileHandle, path: string, notices: readonly ErrorView[]): ActivityLog {
  const turn = inTurn();
  return {
    notices,
    append: (line) =>
      turn(async () => {
        const { size } = await handle.stat();
        try {
          await handle.appendFile(`${JSON.stringify(line)}\n`);
          await handle.datasync();
        } catch (cause) {
          // Half a line would swallow the next one.
          await handle.truncate(size).catch(() => undefined);
          throw fileError(cause, path, 'write');
        }
      }),
    close: () => turn(() => handle.close()),
  };
}

/** The longest line that is still looked at, bytes: entries name at most some dozen masked keys. */
const LONGEST_LINE = 1024 * 1024;

/** Ends the file behind its last newline; a whole line that only lacks it gets it. @returns the name of the file with what was cut */
async function cutTornEnd(path: string, now: number): Promise<string | null> {
  const size = await stat(path).then(
    (found) => found.size,
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return 0;
      throw cause;
    },
  );
  if (size === 0) return null;
  const handle = await open(path, 'r+');
  try {
    const length = Math.min(size, LONGEST_LINE);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const end = buffer.lastIndexOf(0x0a);
    const rest = buffer.subarray(end + 1);
    if (rest.length === 0) return null;
    if (parseLine(rest.toString('utf8')) !== null) {
      await handle.write('\n', size);
      await handle.sync();
      return null;
    }
    const aside = asideName(path, now);
    await writeFileAtomic(aside, rest);
    await handle.truncate(size - rest.length);
    await handle.sync();
    return aside;
  } finally {
    await handle.close();
  }
}

/** @returns how many lines were bad */
async function readLines(path: string, each: (line: ActivityLine) => void): Promise<number> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (!exists) return 0;
  let bad = 0;
  for await (const text of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (text === '') continue;
    const line = text.length <= LONGEST_LINE ? parseLine(text) : null;
    if (line === null) bad += 1;
    else each(line);
  }
  return bad;
}

function parseLine(text: string): ActivityLine | null {
  try {
    return ActivityLine.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
