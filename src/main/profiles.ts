import { join } from 'node:path';
import { type ErrorView, Profile } from '../preload/api.ts';
import { AppFile } from './app-file.ts';

/** Opened profiles: what profiles.json holds, read once and written through. */
export type Profiles = Readonly<{
  /** what went wrong on reading */
  notices: readonly ErrorView[];
  list(): readonly Profile[];
  get(id: string): Profile | undefined;
  /** adds, or replaces the one with the same id in its place @throws InspectorError where the file cannot be written */
  save(profile: Profile): Promise<void>;
  remove(id: string): Promise<void>;
}>;

/**
 * Reads profiles.json of `folder`. A damaged file is set aside, a single bad profile is left out and the whole file kept
 * as a copy; both are told in `notices`.
 * @param options.now epoch milliseconds, for the name of a file set aside
 */
export async function openProfiles(options: Readonly<{ folder: string; now: () => number }>): Promise<Profiles> {
  const file = new AppFile({ path: join(options.folder, 'profiles.json'), schema: 1, now: options.now });
  let profiles = await readProfiles(file);
  const replace = (next: () => readonly Profile[]): Promise<void> =>
    file.write(
      next,
      (written) => ({ profiles: written }),
      (written) => {
        profiles = written;
      },
    );
  return {
    notices: file.notices,
    list: () => profiles,
    get: (id) => profiles.find((profile) => profile.id === id),
    save: (profile) =>
      replace(() => {
        const known = profiles.some(({ id }) => id === profile.id);
        return known ? profiles.map((old) => (old.id === profile.id ? profile : old)) : [...profiles, profile];
      }),
    remove: (id) => replace(() => profiles.filter((profile) => profile.id !== id)),
  };
}

async function readProfiles(file: AppFile): Promise<readonly Profile[]> {
  const content = await file.read();
  if (content === null) return [];
  const list = content['profiles'];
  if (!Array.isArray(list)) {
    await file.setAside('is damaged');
    return [];
  }
  const good = new Map<string, Profile>();
  for (const item of list) {
    const parsed = Profile.safeParse(item);
    if (parsed.success && !good.has(parsed.data.id)) good.set(parsed.data.id, parsed.data);
  }
  const bad = list.length - good.size;
  if (bad > 0) await file.copyAside(`holds ${bad} of ${list.length} profiles that cannot be read`);
  return [...good.values()];
}
