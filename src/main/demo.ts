import { chmod, copyFile, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type DemoCookie, Profile, type Secrets, SecretsInput } from '../preload/api.ts';
import { fileError } from './app-file.ts';
import type { MoveDates } from './connection-protocol.ts';

/** The demo: a store made by real Django, copied to the person's own folder, where it can be changed, broken and reset. */
export type Demo = Readonly<{
  /** its profile, where it has been opened before */
  profile(): Promise<Profile | null>;
  secrets(): Promise<Secrets>;
  cookies(): Promise<readonly DemoCookie[]>;
  /** copies the store on the first time */
  open(): Promise<Profile>;
  /** copies the store again; its connection is closed already */
  reset(): Promise<Profile>;
  remove(): Promise<void>;
}>;

export const DEMO_ID = 'demo';
const STORE = 'demo.sqlite3';

const DemoFile = z.object({
  /** its dates are relative to this */
  made_at: z.iso.datetime({ offset: true }),
  /** sessions whose date stands in their signed data too */
  fixed_keys: z.array(z.string()),
  profile: z.record(z.string(), z.unknown()),
  cookies: z.array(
    z.strictObject({
      label: z.enum(['signed_cookie_session', 'fallback_key', 'signing', 'messages', 'csrf', 'session_key']),
      value: z.string(),
    }),
  ),
  secrets: SecretsInput.pick({ SECRET_KEY: true, SECRET_KEY_FALLBACKS: true }),
});

/**
 * @param options.resources the folder with demo.sqlite3 and demo.json, inside the package or the checkout
 * @param options.folder where the copy goes
 */
export function openDemo(
  options: Readonly<{
    resources: string;
    folder: string;
    /** epoch milliseconds */
    now: () => number;
    moveDates: (move: MoveDates) => Promise<void>;
  }>,
): Demo {
  const store = join(options.folder, STORE);
  const read = async () => {
    const path = join(options.resources, 'demo.json');
    try {
      return DemoFile.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch (cause) {
      throw fileError(cause, path, 'read');
    }
  };
  const profile = async (): Promise<Profile> => {
    const { profile: settings } = await read();
    return Profile.parse({ name: 'Demo', ...settings, id: DEMO_ID, DATABASES: { ENGINE: 'sqlite3', NAME: store } });
  };
  const copy = async (): Promise<void> => {
    const temporary = `${store}.tmp`;
    const { made_at, fixed_keys } = await read();
    try {
      await mkdir(options.folder, { recursive: true, mode: 0o700 });
      await copyFile(join(options.resources, STORE), temporary);
      // What is installed may be read-only, and its copy with it.
      await chmod(temporary, 0o600);
      const seconds = Math.trunc((options.now() - Date.parse(made_at)) / 1000);
      await options.moveDates({ path: temporary, seconds, except: fixed_keys });
      // Files that SQLite keeps beside a database belong to the old one and would be replayed into the new.
      for (const ending of ['-wal', '-shm', '-journal']) await rm(`${store}${ending}`, { force: true });
      await rename(temporary, store);
    } catch (cause) {
      throw fileError(cause, store, 'write');
    }
  };
  const exists = () =>
    stat(store).then(
      () => true,
      () => false,
    );
  return {
    profile: async () => ((await exists()) ? await profile() : null),
    secrets: async () => {
      const { SECRET_KEY, SECRET_KEY_FALLBACKS } = (await read()).secrets;
      return { ...(SECRET_KEY ? { SECRET_KEY } : {}), ...(SECRET_KEY_FALLBACKS ? { SECRET_KEY_FALLBACKS } : {}) };
    },
    cookies: async () => (await read()).cookies,
    open: async () => {
      if (!(await exists())) await copy();
      return await profile();
    },
    reset: async () => {
      await copy();
      return await profile();
    },
    remove: () => rm(options.folder, { recursive: true, force: true }),
  };
}
