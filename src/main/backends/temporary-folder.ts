import * as fs from 'node:fs';
import { join, resolve } from 'node:path';
import { InspectorError } from '../errors.ts';

/**
 * Python's tempfile.gettempdir(), which Django uses where SESSION_FILE_PATH is None: the first of the candidates that a
 * file can be made in. Python makes one to find out; here the rights are asked instead, because looking changes nothing.
 * @throws InspectorError MissingFile
 */
export function temporaryFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const named = ['TMPDIR', 'TEMP', 'TMP'].map((name) => environment[name] ?? '').filter((path) => path !== '');
  for (const candidate of [...named, ...systemFolders(environment), process.cwd()]) {
    if (isUsable(resolve(candidate))) return resolve(candidate);
  }
  throw new InspectorError('MissingFile', 'No temporary folder can be used', { hint: 'Set SESSION_FILE_PATH in the profile.' });
}

function systemFolders(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  if (process.platform !== 'win32') return ['/tmp', '/var/tmp', '/usr/tmp'];
  const home = environment['USERPROFILE'] ?? '';
  const root = environment['SYSTEMROOT'] ?? '';
  return [join(home, 'AppData\\Local\\Temp'), join(root, 'Temp'), 'c:\\temp', 'c:\\tmp', '\\temp', '\\tmp'];
}

function isUsable(path: string): boolean {
  try {
    fs.accessSync(path, fs.constants.W_OK | fs.constants.X_OK);
    return fs.statSync(path).isDirectory();
  } catch {
    return false;
  }
}
