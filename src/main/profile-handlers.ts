import type { Handlers, Profile, ProfileView, Secrets, SecretsInput } from '../preload/api.ts';
import { DEMO_ID } from './demo.ts';
import { InspectorError } from './errors.ts';
import type { Dependencies } from './handlers.ts';
import { HeldImports } from './held-imports.ts';
import { importHandlers } from './import-handlers.ts';

type ProfileMethods = Extract<keyof Handlers, `profiles.${string}` | `demo.${string}`>;

export function profileHandlers(dependencies: Dependencies): Pick<Handlers, ProfileMethods> {
  const { profiles, secrets, connections, demo, shell, randomBytes } = dependencies;
  const held = new HeldImports(randomBytes);
  return {
    ...importHandlers(dependencies, held),
    'profiles.list': async () => {
      const shown = await demo.profile();
      const own = await Promise.all(profiles.list().map((profile) => profileView(dependencies, profile)));
      return shown === null ? own : [await profileView(dependencies, shown), ...own];
    },
    'profiles.save': async ({ profile, secrets: typed, imported }) => {
      if (profile.id === DEMO_ID)
        throw new InspectorError('ReadOnly', 'The demo’s profile cannot be changed', { hint: 'Duplicate it first.' });
      // Secrets first: a profile without them asks for them, secrets without a profile would lie about.
      const { SECRET_KEY_FALLBACKS, ...found } = held.secrets(imported);
      const fallbacks = SECRET_KEY_FALLBACKS === undefined ? {} : { SECRET_KEY_FALLBACKS: [...SECRET_KEY_FALLBACKS] };
      await secrets.save(profile.id, { ...found, ...fallbacks, ...defined(typed) });
      await profiles.save(profile);
      held.discard(imported);
      return await profileView(dependencies, profile);
    },
    'profiles.duplicate': ({ id }) => duplicate(dependencies, id),
    'profiles.remove': async ({ id }) => {
      await findProfile(dependencies, id);
      await connections.closeProfile(id);
      if (id === DEMO_ID) await demo.remove();
      else {
        await profiles.remove(id);
        await secrets.remove(id);
      }
      return null;
    },
    'profiles.choose': ({ what }) => shell.choosePath(what),
    'demo.open': async () => await profileView(dependencies, await demo.open()),
    'demo.cookies': () => demo.cookies(),
    'demo.reset': async () => {
      await connections.closeProfile(DEMO_ID);
      return await profileView(dependencies, await demo.reset());
    },
  };
}

/** A field that is there and undefined says nothing, and must not hide what was found. */
function defined(input: SecretsInput): SecretsInput {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

/** @throws InspectorError DoesNotExist */
export async function findProfile({ profiles, demo }: Pick<Dependencies, 'profiles' | 'demo'>, id: string): Promise<Profile> {
  const profile = id === DEMO_ID ? await demo.profile() : profiles.get(id);
  if (profile === undefined || profile === null) throw new InspectorError('DoesNotExist', 'There is no such profile');
  return profile;
}

/** Opened secrets of a profile. @throws InspectorError SecretMissing */
export function openSecretsOf({ secrets, demo }: Pick<Dependencies, 'secrets' | 'demo'>, id: string): Promise<Secrets> {
  return id === DEMO_ID ? demo.secrets() : secrets.open(id);
}

/** What the window may know of a profile: which secrets are stored, never what they are. */
export async function profileView({ secrets, demo }: Pick<Dependencies, 'secrets' | 'demo'>, profile: Profile): Promise<ProfileView> {
  if (profile.id !== DEMO_ID) return { profile, secrets: secrets.stored(profile.id), demo: false };
  const { SECRET_KEY, SECRET_KEY_FALLBACKS } = await demo.secrets();
  const counts = {
    ...(SECRET_KEY === undefined ? {} : { SECRET_KEY: 1 }),
    ...(SECRET_KEY_FALLBACKS === undefined ? {} : { SECRET_KEY_FALLBACKS: SECRET_KEY_FALLBACKS.length }),
  };
  return { profile, secrets: counts, demo: true };
}

async function duplicate(dependencies: Dependencies, id: string): Promise<ProfileView> {
  const { profiles, secrets, randomBytes } = dependencies;
  const original = await findProfile(dependencies, id);
  const copy = { ...original, id: Buffer.from(randomBytes(8)).toString('hex'), name: freeName(original.name, profiles.list()) };
  if (id === DEMO_ID) {
    const { SECRET_KEY, SECRET_KEY_FALLBACKS } = await openSecretsOf(dependencies, id);
    await secrets.save(copy.id, {
      SECRET_KEY,
      SECRET_KEY_FALLBACKS: SECRET_KEY_FALLBACKS === undefined ? undefined : [...SECRET_KEY_FALLBACKS],
    });
  } else await secrets.copy(id, copy.id);
  await profiles.save(copy);
  return await profileView(dependencies, copy);
}

function freeName(name: string, profiles: readonly Profile[]): string {
  const taken = new Set(profiles.map((profile) => profile.name));
  const base = name.replace(/ \(\d+\)$/, '').slice(0, 110);
  let number = 2;
  while (taken.has(`${base} (${number})`)) number += 1;
  return `${base} (${number})`;
}
