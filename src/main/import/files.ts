/** The files of a project, as the readers of settings see them. Synchronous, because this runs in a process that has nothing else to do meanwhile. */
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { InspectorError } from '../errors.ts';

export interface ProjectFiles {
  /** the text of a plain file, null where there is none @throws InspectorError LimitExceeded, PermissionDenied */
  read(path: string): string | null;
  /** names in a folder, those of folders with a slash behind; none where there is no such folder */
  list(path: string): readonly string[];
}

const FILE_BYTES = 1024 * 1024;
const NAMES = 2000;
const NO_BLOCK = constants.O_NONBLOCK ?? 0;

/** The real ones. Links are followed, since the person chose the folder; pipes and devices are not read. */
export const DISK: ProjectFiles = { read: readText, list: listFolder };

function readText(path: string): string | null {
  const handle = openOrNull(path);
  if (handle === null) return null;
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) return null;
    if (stats.size > FILE_BYTES) {
      throw new InspectorError('LimitExceeded', `${path} has ${stats.size} bytes, and at most ${FILE_BYTES} are read`, {
        hint: 'Is it the right file?',
      });
    }
    const bytes = Buffer.alloc(FILE_BYTES + 1);
    const length = readSync(handle, bytes, 0, bytes.length, 0);
    return bytes.subarray(0, Math.min(length, FILE_BYTES)).toString('utf8');
  } finally {
    closeSync(handle);
  }
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | NO_BLOCK);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : '';
    if (code !== 'EACCES' && code !== 'EPERM') return null;
    throw new InspectorError('PermissionDenied', `${path} must not be read by this user`, {
      hint: 'Check its permissions.',
      cause: thrown,
    });
  }
}

function listFolder(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .slice(0, NAMES)
      .map((entry) => (entry.isDirectory() || entry.isSymbolicLink() ? `${entry.name}/` : entry.name));
  } catch {
    return [];
  }
}
