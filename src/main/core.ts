import { join } from 'node:path';
import type { ErrorView, Handlers } from '../preload/api.ts';
import { Activity } from './activity.ts';
import { removeTemporaries } from './app-file.ts';
import { Connections, type ConnectionsOptions, type Emit } from './connections.ts';
import { openDemo } from './demo.ts';
import { createHandlers, type Shell } from './handlers.ts';
import { openImageKey } from './image-key.ts';
import { placeOf } from './place.ts';
import { openProfiles } from './profiles.ts';
import { openSecrets, type Sealer } from './secret-store.ts';
import { openSettings, type SettingsFile } from './settings-file.ts';

export type CoreOptions = Readonly<{
  /** the app's own folder: profiles, settings, secrets, activity and the demo's copy */
  folder: string;
  /** the folder that holds the demo as it was made */
  demo: string;
  sealer: Sealer;
  connect: ConnectionsOptions['connect'];
  emit: Emit;
  now: () => number;
  randomBytes: (count: number) => Uint8Array;
  /** the person, as the system knows them */
  by: string;
}>;

export type Core = Readonly<{
  settings: SettingsFile;
  connections: Connections;
  /** what went wrong with the app's own files */
  notices: readonly ErrorView[];
  handlers: (shell: Shell) => Handlers;
  close(): Promise<void>;
}>;

/** Everything in main but the shell: the app's own files, the connections, and the handlers over both. */
export async function openCore(options: CoreOptions): Promise<Core> {
  const { folder, sealer, now, randomBytes, emit, by } = options;
  await removeTemporaries(folder);
  const settings = await openSettings({ folder, now });
  const profiles = await openProfiles({ folder, now });
  const secrets = await openSecrets({ folder, sealer, now });
  const { key, notices } = await openImageKey({ folder, sealer, now, randomBytes });
  const activity = await Activity.open({ folder, key, now, randomBytes, limits: settings.get, by });
  const recorder: ConnectionsOptions['recorder'] = (profile) => activity.recorder(profile, placeOf(profile));
  const connections = new Connections({ connect: options.connect, recorder, emit, randomBytes });
  const demo = openDemo({
    resources: options.demo,
    folder: join(folder, 'demo'),
    now,
    moveDates: async (move) => {
      const { signal } = new AbortController();
      await (await connections.lab(signal)).moveDates(move, signal);
    },
  });
  return {
    settings,
    connections,
    notices: [...settings.notices, ...profiles.notices, ...secrets.notices, ...notices, ...activity.notices],
    handlers: (shell) => createHandlers({ profiles, secrets, settings, activity, connections, demo, shell, emit, randomBytes }),
    close: async () => {
      await connections.closeAll();
      await activity.close();
    },
  };
}
