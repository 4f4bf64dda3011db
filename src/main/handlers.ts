import type { AppInfo, ErrorView, Handlers, Settings } from '../preload/api.ts';
import type { Activity } from './activity.ts';
import type { Connections, Emit } from './connections.ts';
import type { Demo } from './demo.ts';
import { profileHandlers } from './profile-handlers.ts';
import type { Profiles } from './profiles.ts';
import type { SecretStore } from './secret-store.ts';
import { sessionHandlers } from './session-handlers.ts';
import type { SettingsFile } from './settings-file.ts';
import { undoHandler } from './undo.ts';

/** What only the shell can do. */
export type Shell = Readonly<{
  /** everything about this run that does not change while it lasts */
  info: Omit<AppInfo, 'settings' | 'notices'>;
  /** what went wrong at start, and since: the window was loaded again after a crash */
  notices: () => readonly ErrorView[];
  writeClipboard(text: string): void;
  /** the system's dialog @returns a path, or null where it was canceled */
  choosePath(what: 'database' | 'folder' | 'file'): Promise<string | null>;
  /** theme, menu and language follow */
  settingsChanged(settings: Settings): void;
}>;

export type Dependencies = Readonly<{
  profiles: Profiles;
  secrets: SecretStore;
  settings: SettingsFile;
  activity: Activity;
  connections: Connections;
  demo: Demo;
  shell: Shell;
  emit: Emit;
  randomBytes: (count: number) => Uint8Array;
}>;

/** What the bridge's methods do. Input is parsed already; errors are thrown, and dispatch makes replies of them. */
export function createHandlers(dependencies: Dependencies): Handlers {
  return {
    ...appHandlers(dependencies),
    ...profileHandlers(dependencies),
    ...sessionHandlers(dependencies),
    'activity.list': async (query) => dependencies.activity.list(query),
    'activity.undo': undoHandler(dependencies),
  };
}

function appHandlers({ settings, activity, shell, emit }: Dependencies): Pick<Handlers, 'app.info' | 'settings.set' | 'clipboard.write'> {
  return {
    'app.info': async () => ({ ...shell.info, settings: settings.get(), notices: shell.notices() }),
    'settings.set': async (change) => {
      const changed = await settings.set(change);
      shell.settingsChanged(changed);
      emit('settings.changed', changed);
      await activity.purge();
      return changed;
    },
    'clipboard.write': async ({ text }) => {
      shell.writeClipboard(text);
      return null;
    },
  };
}
