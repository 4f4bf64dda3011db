import type { ProjectFiles } from '../../../src/main/import/files.ts';
import { type ImportResult, importProfile } from '../../../src/main/import/importer.ts';

export const signal = new AbortController().signal;

/** A project in memory: texts by path below /site. */
export function filesOf(texts: Readonly<Record<string, string>>): ProjectFiles {
  const all = new Map(Object.entries(texts).map(([path, text]) => [`/site/${path}`, text]));
  return {
    read: (path) => all.get(path) ?? null,
    list: (folder) => {
      const inside = [...all.keys()].filter((path) => path.startsWith(`${folder === '/' ? '' : folder}/`));
      const names = inside.map((path) => path.slice(folder === '/' ? 1 : folder.length + 1));
      return [...new Set(names.map((name) => (name.includes('/') ? `${name.split('/')[0]}/` : name)))];
    },
  };
}

export const MANAGE = `
import os
def main():
    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')
`;

/** What is read of a project whose settings are this text. */
export function readSettings(settings: string, more: Readonly<Record<string, string>> = {}): Promise<ImportResult> {
  const files = filesOf({ 'manage.py': MANAGE, 'shop/__init__.py': '', 'shop/settings.py': settings, ...more });
  return importProfile({ from: 'project', path: '/site', settings_module: null }, files, signal);
}

export function unreadable({ findings }: ImportResult): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(findings.filter(({ state }) => state === 'unreadable').map(({ setting, note }) => [setting, note]));
}
