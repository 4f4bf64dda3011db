import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright/test';

/** Where texts are that should be nowhere: in files, in what the system tells of processes, in their memory. */

/** A text as bytes: Chromium and V8 keep one byte a character where that is enough, else two. */
function patterns(text: string): readonly Buffer[] {
  return [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf16le')];
}

function foundIn(bytes: Buffer, texts: readonly string[]): readonly string[] {
  return texts.filter((text) => patterns(text).some((pattern) => bytes.includes(pattern)));
}

/** Every regular file below the folders. */
export function filesIn(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
}

/** @returns `file: text` for each hit, names of files included */
export function filesWith(folders: readonly string[], texts: readonly string[]): readonly string[] {
  return filesIn(folders).flatMap((path) =>
    [...foundIn(Buffer.from(path), texts), ...foundIn(readFileSync(path), texts)].map((text) => `${path}: ${text}`),
  );
}

/** A process and all below it, as they are now. */
export function processesOf(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? tryRead(`/proc/${name}/stat`) : null;
    // The second field is a name in parentheses, which may hold anything.
    if (stat !== null) parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const below = (parent: number): readonly number[] => [
    parent,
    ...[...parents].filter(([, above]) => above === parent).flatMap(([child]) => below(child)),
  ];
  return below(pid);
}

/** What anybody who runs as the same user, `ps` or a crash report sees of a process: arguments and environment. */
export function toldOf(pid: number): string {
  return `${tryRead(`/proc/${pid}/cmdline`) ?? ''}\0${tryRead(`/proc/${pid}/environ`) ?? ''}`;
}

function tryRead(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // It ended meanwhile.
    return null;
  }
}

const CHUNK = 8 * 1024 * 1024;
/** bytes that two chunks share, so that nothing is missed where one ends; longer than any text that is searched */
const OVERLAP = 512;

/** The texts that the writable memory of a process holds, and how many bytes were looked at. */
export function memoryWith(pid: number, texts: readonly string[]): Readonly<{ found: readonly string[]; bytes: number }> {
  const found = new Set<string>();
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const buffer = Buffer.alloc(CHUNK);
  let bytes = 0;
  try {
    for (const [start, end] of writableRegions(pid)) {
      for (let at = start; at < end; at += CHUNK - OVERLAP) {
        const read = tryReadAt(memory, buffer, Math.min(CHUNK, end - at), at);
        bytes += read;
        for (const text of foundIn(buffer.subarray(0, read), texts)) found.add(text);
      }
    }
  } finally {
    closeSync(memory);
  }
  return { found: [...found], bytes };
}

function writableRegions(pid: number): readonly (readonly [number, number])[] {
  return readFileSync(`/proc/${pid}/maps`, 'latin1')
    .split('\n')
    .flatMap((line) => {
      const [, start, end] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      return start === undefined || end === undefined ? [] : [[Number.parseInt(start, 16), Number.parseInt(end, 16)] as const];
    });
}

function tryReadAt(file: number, buffer: Buffer, length: number, position: number): number {
  try {
    return readSync(file, buffer, 0, length, position);
  } catch {
    // A mapping that went meanwhile, or one of a device.
    return 0;
  }
}

/** The texts that live objects of a page hold, after its garbage was collected. */
export async function heapWith(page: Page, texts: readonly string[]): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  const parts: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => parts.push(chunk));
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  const snapshot = parts.join('');
  return texts.filter((text) => snapshot.includes(text));
}
