/** A profile from what a developer has: a URL, a .env file, a project's folder read as it stands, or asked through its own Python. */
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { InspectorError } from '../errors.ts';
import { parseDotenv } from './dotenv.ts';
import { DraftBuilder, type ImportDraft } from './draft.ts';
import { envDraft, urlDraft } from './env-draft.ts';
import type { ProjectFiles } from './files.ts';
import { findProject, generatedVersion, moduleFinder, type Project } from './project.ts';
import { readModule } from './python/module-reader.ts';
import { pythonDraft } from './python-draft.ts';
import { askPython } from './python-run.ts';
import { settingsDraft } from './settings-draft.ts';

export type ImportWork =
  | Readonly<{ from: 'url'; url: string }>
  | Readonly<{ from: 'env'; path: string }>
  /** `settings_module` null: the one that the project takes */
  | Readonly<{ from: 'project'; path: string; settings_module: string | null }>
  /** `python` null: the one of the project's virtual environment, else the system's python3 */
  | Readonly<{ from: 'python'; path: string; settings_module: string; python: string | null }>;

export type ImportResult = ImportDraft &
  Readonly<{ project: Readonly<{ folder: string; settings_module: string | null; modules: readonly string[]; python: string }> | null }>;

/** @throws InspectorError naming what cannot be read */
export async function importProfile(work: ImportWork, files: ProjectFiles, signal: AbortSignal): Promise<ImportResult> {
  switch (work.from) {
    case 'url': {
      const builder = new DraftBuilder();
      urlDraft(work.url, builder);
      return { ...builder.build(), project: null };
    }
    case 'env':
      return { ...fromEnv(work.path, files), project: null };
    case 'project':
      return fromProject(work, files);
    case 'python':
      return await fromPython(work, files, signal);
  }
}

function fromEnv(path: string, files: ProjectFiles): ImportDraft {
  const text = files.read(path);
  if (text === null) throw new InspectorError('MissingFile', `${path} is no file that can be read`, { hint: 'Choose the .env file.' });
  const builder = new DraftBuilder();
  envDraft({ variables: parseDotenv(text), name: basename(path), folder: below(dirname(path)) }, builder);
  return builder.build();
}

function fromProject(work: Extract<ImportWork, { from: 'project' }>, files: ProjectFiles): ImportResult {
  const project = findProject(work.path, files);
  const name = work.settings_module ?? project.settings_module;
  if (name === null) {
    const modules = project.modules.join(', ');
    throw new InspectorError('ImproperlyConfigured', `${project.folder} does not say which settings it takes`, {
      hint: modules === '' ? 'Set DJANGO_SETTINGS_MODULE in its .env.' : `Set DJANGO_SETTINGS_MODULE in its .env to one of: ${modules}.`,
    });
  }
  const builder = new DraftBuilder();
  readSettings(project, name, files, builder);
  return { ...builder.build(), project: described(project, name) };
}

function readSettings(project: Project, name: string, files: ProjectFiles, builder: DraftBuilder): void {
  const find = moduleFinder(project, files);
  const env = new Map([...project.env].map(([key, { value }]) => [key, value] as const));
  const module = readModule(name, find, env, project.folder);
  const { scope, problems } = module;
  const version = versionOf(project, find(name)?.text ?? '', builder);
  settingsDraft(
    {
      get: (setting) => {
        const binding = scope.get(setting);
        if (binding === undefined) return undefined;
        const { value, file, line, variables } = binding;
        return { value, origin: `${file}:${line}`, ...noteOf(variables, project) };
      },
      version,
      folder: below(project.folder),
      ownEngine: (path) => engineBehind(find(path)?.text ?? ''),
    },
    builder,
  );
  for (const { file, line, message } of problems) builder.unreadable('import', { origin: `${file}:${line}` }, message);
}

/** Which variables decided a value: those of .env, and those that it does not have. */
function noteOf(variables: ReadonlyMap<string, boolean>, { envFiles }: Project): { note?: string } {
  const names = (found: boolean) => [...variables].filter(([, has]) => has === found).map(([name]) => name);
  const [found, absent] = [names(true), names(false)];
  const sentences = [
    ...(found.length === 0 ? [] : [`${found.join(', ')} from ${envFiles.join(', ')}`]),
    ...(absent.length === 0 ? [] : [`${absent.join(', ')}: not in .env, so that the site may be started with another value`]),
  ];
  return sentences.length === 0 ? {} : { note: sentences.join('; ') };
}

function versionOf(project: Project, text: string, builder: DraftBuilder): string | null {
  if (project.version !== null) {
    builder.set('DJANGO_VERSION', project.version.text, { origin: project.version.origin });
    return project.version.text;
  }
  const generated = generatedVersion(text);
  if (generated === null)
    builder.unreadable('DJANGO_VERSION', { origin: '' }, 'neither a virtual environment nor a file of requirements names it');
  else
    builder.set('DJANGO_VERSION', generated, {
      origin: 'startproject',
      note: 'the release that began the project: the site may run a later one',
    });
  return generated;
}

/** `from django.contrib.sessions.backends.cached_db import SessionStore` in an engine of the site's own. */
function engineBehind(text: string): string | null {
  const name = /^from django\.contrib\.sessions\.backends\.(\w+) import/m.exec(text)?.[1];
  return name === undefined || name === 'base' ? null : `django.contrib.sessions.backends.${name}`;
}

async function fromPython(work: Extract<ImportWork, { from: 'python' }>, files: ProjectFiles, signal: AbortSignal): Promise<ImportResult> {
  const project = findProject(work.path, files);
  const python = work.python ?? pythonOf(project);
  const answer = await askPython({ python, folder: project.folder, settings_module: work.settings_module }, signal);
  const draft = pythonDraft(answer, work.settings_module, below(project.folder));
  return { ...draft, project: described(project, work.settings_module) };
}

function pythonOf({ python }: Project): string {
  return python ?? (process.platform === 'win32' ? 'python' : 'python3');
}

function described(project: Project, settings_module: string): NonNullable<ImportResult['project']> {
  const { folder, modules, chosen } = project;
  const python = project.python === null ? pythonOf(project) : relative(chosen, project.python);
  return { folder, settings_module, modules: [...new Set([settings_module, ...modules])], python };
}

/** Relative paths are relative to the folder that the site is started in. */
function below(folder: string): (path: string) => string {
  return (path) => (isAbsolute(path) ? path : join(folder, path));
}
