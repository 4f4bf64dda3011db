import { join } from 'node:path';
import { type ErrorView, type Settings, SettingsSchema } from '../preload/api.ts';
import { AppFile } from './app-file.ts';

/** Absent fields stay as they are. */
export type SettingsChange = Readonly<{ [K in keyof Settings]?: Settings[K] | undefined }>;

export type SettingsFile = Readonly<{
  notices: readonly ErrorView[];
  get(): Settings;
  /** @returns the settings after the change @throws InspectorError where the file cannot be written */
  set(change: SettingsChange): Promise<Settings>;
}>;

/** Reads settings.json of `folder`; what is damaged is set aside and the defaults hold. */
export async function openSettings(options: Readonly<{ folder: string; now: () => number }>): Promise<SettingsFile> {
  const file = new AppFile({ path: join(options.folder, 'settings.json'), schema: 1, now: options.now });
  let settings = await readSettings(file);
  return {
    notices: file.notices,
    get: () => settings,
    set: async (change) => {
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      await file.write(
        () => SettingsSchema.parse({ ...settings, ...given }),
        (next) => ({ settings: next }),
        (next) => {
          settings = next;
        },
      );
      return settings;
    },
  };
}

async function readSettings(file: AppFile): Promise<Settings> {
  const content = await file.read();
  if (content === null) return SettingsSchema.parse({});
  const parsed = SettingsSchema.safeParse(content['settings']);
  if (parsed.success) return parsed.data;
  await file.setAside('is damaged');
  return SettingsSchema.parse({});
}
