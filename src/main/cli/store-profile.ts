import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Profile, type Secrets } from '../../preload/profile.ts';
import { InspectorError } from '../errors.ts';
import { openProfiles } from '../profiles.ts';

/** As the file of a profile has them, and as standard input gives them. */
const GivenSecrets = z.strictObject({
  SECRET_KEY: z.string().optional(),
  SECRET_KEY_FALLBACKS: z.array(z.string()).optional(),
  DATABASE_PASSWORD: z.string().optional(),
  CACHE_PASSWORD: z.string().optional(),
  SENTINEL_PASSWORD: z.string().optional(),
});

export type Site = Readonly<{ profile: Profile; secrets: Secrets }>;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A profile by its name in the app's data folder, or from a file `….json`: the profile's fields, and `secrets` beside
 * them. Secrets of the environment win over those of the file, those of standard input over both.
 * @param typed what was read from standard input, where it was asked for
 * @throws InspectorError BadRequest, DoesNotExist
 */
export async function findSite(name: string, environment: Environment, typed: string | null): Promise<Site> {
  const { profile, secrets } = name.endsWith('.json')
    ? await readSite(name)
    : { profile: await profileNamed(name, environment), secrets: {} };
  const input = typed === null ? {} : checked(GivenSecrets, parse(typed, 'Standard input'), 'Standard input');
  return { profile, secrets: defined({ ...secrets, ...environmentSecrets(environment), ...input }) };
}

async function readSite(path: string): Promise<Site> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InspectorError('MissingFile', `The profile ${path} cannot be read`, { cause });
  });
  const given = parse(text, path);
  const { secrets = {}, ...fields } = checked(z.looseObject({ secrets: GivenSecrets.optional() }), given, path);
  return { profile: checked(Profile, { id: 'file', name: path, ...fields }, path), secrets: defined(secrets) };
}

async function profileNamed(name: string, environment: Environment): Promise<Profile> {
  const folder = environment['SESSION_INSPECTOR_DATA'] || join(configFolder(environment), 'Session Inspector');
  const profiles = (await openProfiles({ folder, now: Date.now })).list();
  const found = profiles.filter((profile) => profile.name === name || profile.id === name);
  const [profile] = found;
  if (profile === undefined || found.length > 1) {
    throw new InspectorError('DoesNotExist', found.length > 1 ? `Several profiles are called ${name}` : `No profile ${name} in ${folder}`, {
      hint:
        profiles.length === 0
          ? 'Name a file ….json, or make a profile in the app.'
          : `There are: ${profiles.map(({ name: one }) => one).join(', ')}.`,
    });
  }
  return profile;
}

/** Where Electron keeps the data of apps. */
function configFolder(environment: Environment): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  if (process.platform === 'win32') return environment['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming');
  return environment['XDG_CONFIG_HOME'] || join(homedir(), '.config');
}

function environmentSecrets(environment: Environment): z.output<typeof GivenSecrets> {
  const of = (name: string) => environment[`SESSION_INSPECTOR_${name}`];
  const fallbacks = of('SECRET_KEY_FALLBACKS');
  const given = {
    SECRET_KEY: of('SECRET_KEY'),
    SECRET_KEY_FALLBACKS: fallbacks === undefined ? undefined : parse(fallbacks, 'SESSION_INSPECTOR_SECRET_KEY_FALLBACKS'),
    DATABASE_PASSWORD: of('DATABASE_PASSWORD'),
    CACHE_PASSWORD: of('CACHE_PASSWORD'),
    SENTINEL_PASSWORD: of('SENTINEL_PASSWORD'),
  };
  return checked(GivenSecrets, defined(given), 'The environment');
}

function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new InspectorError('BadRequest', `${where} is not JSON`, { cause });
  }
}

/** Says which field, and never what stood in it: it may be a secret. */
function checked<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InspectorError('BadRequest', `${where} is not as expected at ${issue?.path.join('.') || 'its root'}: ${issue?.code ?? ''}`, {
    hint: 'docs/cli.md says what it holds.',
  });
}
