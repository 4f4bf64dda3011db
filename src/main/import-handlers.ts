import type { Handlers, ImportedProfile, ImportRequest, Secrets, SecretsInput } from '../preload/api.ts';
import type { Dependencies } from './handlers.ts';
import { countSecrets, type HeldImports } from './held-imports.ts';
import type { ImportResult, ImportWork } from './import/importer.ts';
import { openSecretsOf } from './profile-handlers.ts';

type ImportMethods = 'profiles.import' | 'profiles.discard' | 'profiles.test';

/** Profiles from what a developer has, and the test of one that may not be saved yet. The window names no file: it holds a token. */
export function importHandlers(dependencies: Dependencies, held: HeldImports): Pick<Handlers, ImportMethods> {
  const { connections, profiles, emit } = dependencies;
  return {
    'profiles.import': async (request, signal) => {
      const work = await workOf(dependencies, held, request);
      if (work === null) return null;
      const lab = await connections.lab(signal);
      const { profile: fields, secrets, findings, project } = await lab.importProfile(work, signal);
      const token = held.hold({ secrets, folder: work.from === 'project' || work.from === 'python' ? work.path : null });
      const source = work.from === 'url' ? '' : work.path;
      return { token, source, fields, secrets: countSecrets(secrets), findings, project: withoutFolder(project) };
    },
    'profiles.discard': async ({ imported }) => {
      held.discard(imported);
      return null;
    },
    'profiles.test': async ({ test, profile, secrets, imported }, signal) => {
      const stored = profiles.get(profile.id) === undefined ? {} : await openSecretsOf(dependencies, profile.id);
      const all = withTyped({ ...stored, ...held.secrets(imported) }, secrets);
      return await connections.test(profile, all, (step) => emit('profiles.test', { test, step }), signal);
    },
  };
}

/** Files and folders are those of the system's dialog. @returns null where it was canceled @throws InspectorError DoesNotExist */
async function workOf({ shell }: Dependencies, held: HeldImports, request: ImportRequest): Promise<ImportWork | null> {
  switch (request.from) {
    case 'url':
      return { from: 'url', url: request.url };
    case 'env': {
      const path = await shell.choosePath('file');
      return path === null ? null : { from: 'env', path };
    }
    case 'project': {
      const path = await shell.choosePath('folder');
      return path === null ? null : { from: 'project', path, settings_module: null };
    }
    case 'module':
      return { from: 'project', path: held.folder(request.token), settings_module: request.settings_module };
    case 'python': {
      const { settings_module } = request;
      const path = held.folder(request.token);
      if (request.interpreter === 'found') return { from: 'python', path, settings_module, python: null };
      const python = await shell.choosePath('file');
      return python === null ? null : { from: 'python', path, settings_module, python };
    }
  }
}

function withoutFolder(project: ImportResult['project']): ImportedProfile['project'] {
  if (project === null) return null;
  const { settings_module, modules, python } = project;
  return { settings_module, modules, python };
}

/** A text that was typed counts, null takes away, and what is absent stays. */
export function withTyped(secrets: Secrets, typed: SecretsInput): Secrets {
  const result: Record<string, string | readonly string[]> = { ...secrets };
  for (const [name, value] of Object.entries(typed)) {
    if (value === null) delete result[name];
    else if (value !== undefined) result[name] = value;
  }
  return result;
}
