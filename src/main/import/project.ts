/** A Django project's folder: where manage.py is, which settings it takes, its .env, its Django and its Python. Nothing of it is run. */
import { basename, dirname, join, relative } from 'node:path';
import { InspectorError } from '../errors.ts';
import { type EnvVariable, parseDotenv } from './dotenv.ts';
import type { ProjectFiles } from './files.ts';
import type { FindModule } from './python/module-reader.ts';
import { tokenize } from './python/tokens.ts';

export type Project = Readonly<{
  /** that of manage.py: the site's working folder */
  folder: string;
  /** what was chosen: `folder` or one above it */
  chosen: string;
  /** what manage.py takes unless told otherwise; null where it does not say */
  settings_module: string | null;
  /** settings modules that are there */
  modules: readonly string[];
  env: ReadonlyMap<string, EnvVariable>;
  /** .env files that were read, as a person names them */
  envFiles: readonly string[];
  /** "5.2" of the Django that is installed or asked for, and where that was found */
  version: Readonly<{ text: string; origin: string }> | null;
  /** interpreter of the project's virtual environment */
  python: string | null;
}>;

const SKIPPED = new Set(['node_modules', 'site-packages', '__pycache__', 'static', 'media', 'dist', 'build', 'venv', 'env', 'virtualenv']);
const FOLDERS = 300;
const MODULES = 50;

/** @throws InspectorError MissingFile where there is no manage.py and no settings module */
export function findProject(chosen: string, files: ProjectFiles): Project {
  const folder = findFolder(chosen, files);
  const above = [...new Set([folder, chosen])];
  const { env, envFiles } = readEnv([...above, ...subfolders(folder, files)], chosen, files);
  const modules = settingsModules(folder, files);
  return {
    folder,
    chosen,
    settings_module: chosenModule(folder, files, env, modules),
    modules,
    env,
    envFiles,
    version: installedVersion(above, files) ?? requiredVersion(above, files),
    python: findPython([...above, dirname(chosen)], files),
  };
}

function findFolder(chosen: string, files: ProjectFiles): string {
  let level = [chosen];
  let seen = 0;
  for (let depth = 0; depth < 3; depth += 1) {
    const found = level.find((folder) => files.list(folder).includes('manage.py'));
    if (found !== undefined) return found;
    seen += level.length;
    if (seen > FOLDERS) break;
    level = level.flatMap((folder) => subfolders(folder, files));
  }
  // Somebody may choose the package with the settings.
  if (files.list(dirname(chosen)).includes('manage.py')) return dirname(chosen);
  if (settingsModules(chosen, files).length > 0) return chosen;
  if (files.list(chosen).includes('settings.py')) return dirname(chosen);
  throw new InspectorError('MissingFile', `There is no manage.py in ${chosen}, nor in the folders below`, {
    hint: 'Choose the folder that holds manage.py.',
  });
}

function subfolders(folder: string, files: ProjectFiles): readonly string[] {
  return files
    .list(folder)
    .filter((name) => name.endsWith('/') && !name.startsWith('.') && !SKIPPED.has(name.slice(0, -1)))
    .slice(0, FOLDERS)
    .map((name) => join(folder, name.slice(0, -1)));
}

/** `package.settings`, and the modules of a package `settings`. */
function settingsModules(folder: string, files: ProjectFiles): readonly string[] {
  const found: string[] = files.list(folder).includes('settings.py') ? ['settings'] : [];
  for (const path of [folder, ...subfolders(folder, files)]) {
    const names = files.list(path);
    const prefix = path === folder ? '' : `${basename(path)}.`;
    if (path !== folder && names.includes('settings.py')) found.push(`${prefix}settings`);
    if (!names.includes('settings/')) continue;
    const inside = files.list(join(path, 'settings')).filter((name) => name.endsWith('.py'));
    if (inside.includes('__init__.py')) found.push(`${prefix}settings`);
    found.push(...inside.filter((name) => name !== '__init__.py').map((name) => `${prefix}settings.${name.slice(0, -3)}`));
  }
  return [...new Set(found)].slice(0, MODULES);
}

/** The .env that the site is started with wins over what manage.py sets where nothing is. */
function chosenModule(folder: string, files: ProjectFiles, env: Project['env'], modules: readonly string[]): string | null {
  const fromEnv = env.get('DJANGO_SETTINGS_MODULE')?.value;
  if (fromEnv !== undefined && modules.includes(fromEnv)) return fromEnv;
  const manage = files.read(join(folder, 'manage.py'));
  const named = manage === null ? null : moduleOfManage(manage);
  return named ?? (modules.length === 1 ? (modules[0] ?? null) : null);
}

/** os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings"), wherever it stands. */
function moduleOfManage(text: string): string | null {
  const tokens = tokenize(text, 'manage.py');
  for (const [index, { type, text: name }] of tokens.entries()) {
    const value = tokens[index + 2];
    if (type === 'string' && name === 'DJANGO_SETTINGS_MODULE' && value?.type === 'string' && isModuleName(value.text)) return value.text;
  }
  return null;
}

export function isModuleName(text: string): boolean {
  return text.length <= 255 && /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(text);
}

function readEnv(folders: readonly string[], chosen: string, files: ProjectFiles): Pick<Project, 'env' | 'envFiles'> {
  const env = new Map<string, EnvVariable>();
  const envFiles: string[] = [];
  for (const folder of folders) {
    if (!files.list(folder).includes('.env')) continue;
    const path = join(folder, '.env');
    const text = files.read(path);
    if (text === null) continue;
    envFiles.push(relative(chosen, path) || '.env');
    for (const [name, variable] of parseDotenv(text)) if (!env.has(name)) env.set(name, variable);
  }
  return { env, envFiles };
}

/** A module of the project by its dotted name. */
export function moduleFinder({ folder, chosen }: Pick<Project, 'folder' | 'chosen'>, files: ProjectFiles): FindModule {
  return (name) => {
    if (!isModuleName(name)) return null;
    const path = join(folder, ...name.split('.'));
    for (const [file, isPackage] of [
      [`${path}.py`, false],
      [join(path, '__init__.py'), true],
    ] as const) {
      const text = files.read(file);
      if (text !== null) return { text, path: file, file: relative(chosen, file), isPackage };
    }
    return null;
  };
}

const ENVIRONMENTS = ['.venv', 'venv', 'env', '.env', 'virtualenv', '.virtualenv'];

function environments(folders: readonly string[], files: ProjectFiles): readonly string[] {
  return folders.flatMap((folder) => {
    const names = files.list(folder);
    return ENVIRONMENTS.filter((name) => names.includes(`${name}/`)).map((name) => join(folder, name));
  });
}

function findPython(folders: readonly string[], files: ProjectFiles): string | null {
  for (const environment of environments(folders, files)) {
    for (const [folder, name] of [
      ['bin', 'python'],
      ['bin', 'python3'],
      ['Scripts', 'python.exe'],
    ] as const) {
      const names = files.list(join(environment, folder));
      if (names.includes(name) || names.includes(`${name}/`)) return join(environment, folder, name);
    }
  }
  return null;
}

/** By the name of its folder of metadata: Django-5.2.1.dist-info. */
function installedVersion(folders: readonly string[], files: ProjectFiles): Project['version'] {
  for (const environment of environments(folders, files)) {
    const libraries = files.list(join(environment, 'lib')).filter((name) => /^python3?\.\d+\/$/.test(name));
    const packages = [
      ...libraries.map((name) => join(environment, 'lib', name, 'site-packages')),
      join(environment, 'Lib', 'site-packages'),
    ];
    for (const name of packages.flatMap((path) => files.list(path))) {
      const version = /^django-(\d{1,2}\.\d{1,2})[^/]*\.dist-info\/$/i.exec(name)?.[1];
      if (version !== undefined) return { text: version, origin: basename(environment) };
    }
  }
  return null;
}

const REQUIREMENTS = [
  'requirements.txt',
  'requirements/base.txt',
  'requirements/production.txt',
  'pyproject.toml',
  'Pipfile',
  'poetry.lock',
  'uv.lock',
  'Pipfile.lock',
  'setup.cfg',
];

function requiredVersion(folders: readonly string[], files: ProjectFiles): Project['version'] {
  for (const folder of folders) {
    for (const name of REQUIREMENTS) {
      const text = files.read(join(folder, name));
      const version = text === null ? null : versionIn(text);
      if (version !== null) return { text: version, origin: name };
    }
  }
  return null;
}

/** Django==5.2.1, django = "^5.2", and the two lines of a lock file. */
function versionIn(text: string): string | null {
  const pinned =
    /^[ \t"']*django(?:\[\w+\])?["']?[ \t]*(?:=[ \t]*)?(?:[=~^<>]=?=?[ \t]*)?["']?[=~^<>]{0,2}[ \t]*v?(\d{1,2}\.\d{1,2})/im.exec(text)?.[1];
  return (
    pinned ??
    /name = "django"\r?\nversion = "(\d{1,2}\.\d{1,2})/i.exec(text)?.[1] ??
    /"django": \{[^}]{0,4000}?"version": "==(\d{1,2}\.\d{1,2})/i.exec(text)?.[1] ??
    null
  );
}

/** What startproject wrote at the top of the settings: the release that began the project, not the one that runs it. */
export function generatedVersion(text: string): string | null {
  return /\busing Django (\d{1,2}\.\d{1,2})\b/.exec(text.slice(0, 4000))?.[1] ?? null;
}
