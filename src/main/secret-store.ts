import { join } from 'node:path';
import { z } from 'zod';
import type { ErrorView, SecretName, Secrets, SecretsInput } from '../preload/api.ts';
import { AppFile } from './app-file.ts';
import { InspectorError } from './errors.ts';

/** What encrypts with the system's keychain; `memory` where there is none, and then nothing is written. */
export interface Sealer {
  readonly keeping: 'keychain' | 'memory';
  /** which keychain, or why there is none */
  readonly backend: string;
  seal(text: string): Promise<Uint8Array>;
  /** @throws where the keychain does not know what it is given */
  unseal(sealed: Uint8Array): Promise<string>;
}

/** Secrets of all profiles: sealed in secrets.json, or held for this run alone. */
export type SecretStore = Readonly<{
  notices: readonly ErrorView[];
  /** which are stored, never their values; SECRET_KEY_FALLBACKS: how many */
  stored(profile: string): Readonly<Partial<Record<SecretName, number>>>;
  /** @throws InspectorError SecretMissing where one is stored and the keychain cannot decrypt it */
  open(profile: string): Promise<Secrets>;
  /** a text sets, null or nothing in it removes, an absent field keeps what is stored */
  save(profile: string, input: SecretsInput): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  remove(profile: string): Promise<void>;
}>;

const NAMES = [
  'SECRET_KEY',
  'SECRET_KEY_FALLBACKS',
  'DATABASE_PASSWORD',
  'CACHE_PASSWORD',
  'SENTINEL_PASSWORD',
] as const satisfies SecretName[];

const OnDisk = z.record(
  z.string(),
  z.partialRecord(z.enum(NAMES), z.strictObject({ count: z.number().int().min(1), sealed: z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/) })),
);

type Kept = Readonly<{ count: number; sealed: string }> | Readonly<{ count: number; plain: string }>;
type KeptSecrets = Readonly<Partial<Record<SecretName, Kept>>>;

/** Reads secrets.json of `folder`, beside profiles.json and as private. */
export async function openSecrets(options: Readonly<{ folder: string; sealer: Sealer; now: () => number }>): Promise<SecretStore> {
  const file = new AppFile({ path: join(options.folder, 'secrets.json'), schema: 1, now: options.now });
  const { sealer } = options;
  let all: ReadonlyMap<string, KeptSecrets> = await readSealed(file);
  const replace = (profile: string, change: (old: KeptSecrets) => KeptSecrets): Promise<void> => {
    const next = () => new Map(all).set(profile, change(all.get(profile) ?? {}));
    const written = (value: ReadonlyMap<string, KeptSecrets>) => {
      all = value;
    };
    // What is held in memory alone needs no file, and must not fail for want of one.
    if (sealer.keeping === 'memory' && !hasSealed(all.get(profile))) {
      written(next());
      return Promise.resolve();
    }
    return file.write(next, sealedOnly, written);
  };
  return {
    notices: file.notices,
    stored: (profile) => counts(all.get(profile) ?? {}),
    open: (profile) => unsealAll(sealer, all.get(profile) ?? {}),
    save: async (profile, input) => {
      const change = await sealInput(sealer, input);
      await replace(profile, (old) => withoutAbsent({ ...old, ...change }));
    },
    copy: (from, to) => replace(to, () => all.get(from) ?? {}),
    remove: (profile) => replace(profile, () => ({})),
  };
}

async function readSealed(file: AppFile): Promise<ReadonlyMap<string, KeptSecrets>> {
  const content = await file.read();
  if (content === null) return new Map();
  const parsed = OnDisk.safeParse(content['secrets']);
  if (parsed.success) return new Map(Object.entries(parsed.data).map(([profile, kept]) => [profile, withoutAbsent(kept)]));
  await file.setAside('is damaged');
  return new Map();
}

function hasSealed(kept: KeptSecrets | undefined): boolean {
  return Object.values(kept ?? {}).some((secret) => 'sealed' in secret);
}

function sealedOnly(all: ReadonlyMap<string, KeptSecrets>): Readonly<Record<string, unknown>> {
  const profiles = [...all].map(([profile, kept]) => [
    profile,
    Object.fromEntries(Object.entries(kept).filter(([, secret]) => 'sealed' in secret)),
  ]);
  return { secrets: Object.fromEntries(profiles.filter(([, kept]) => Object.keys(kept ?? {}).length > 0)) };
}

function withoutAbsent(kept: Readonly<{ [N in SecretName]?: Kept | undefined }>): KeptSecrets {
  const result: { [N in SecretName]?: Kept } = {};
  for (const name of NAMES) {
    const secret = kept[name];
    if (secret !== undefined) result[name] = secret;
  }
  return result;
}

function counts(kept: KeptSecrets): Readonly<Partial<Record<SecretName, number>>> {
  const result: Partial<Record<SecretName, number>> = {};
  for (const name of NAMES) {
    const secret = kept[name];
    if (secret !== undefined) result[name] = secret.count;
  }
  return result;
}

/** Absent fields are absent from the answer; removed ones are undefined in it. */
async function sealInput(sealer: Sealer, input: SecretsInput): Promise<{ [N in SecretName]?: Kept | undefined }> {
  const result: { [N in SecretName]?: Kept | undefined } = {};
  for (const name of NAMES) {
    const value = input[name];
    if (value === undefined) continue;
    if (value === null || value.length === 0) {
      result[name] = undefined;
      continue;
    }
    const plain = typeof value === 'string' ? value : JSON.stringify(value);
    const count = typeof value === 'string' ? 1 : value.length;
    result[name] =
      sealer.keeping === 'memory' ? { count, plain } : { count, sealed: Buffer.from(await sealer.seal(plain)).toString('base64') };
  }
  return result;
}

async function unsealAll(sealer: Sealer, kept: KeptSecrets): Promise<Secrets> {
  const result: { -readonly [N in keyof Secrets]: Secrets[N] } = {};
  for (const name of NAMES) {
    const secret = kept[name];
    if (secret === undefined) continue;
    const text = await unsealOne(sealer, name, secret);
    if (name === 'SECRET_KEY_FALLBACKS') result[name] = z.array(z.string()).parse(JSON.parse(text));
    else result[name] = text;
  }
  return result;
}

async function unsealOne(sealer: Sealer, name: SecretName, secret: Kept): Promise<string> {
  if ('plain' in secret) return secret.plain;
  try {
    return await sealer.unseal(Buffer.from(secret.sealed, 'base64'));
  } catch {
    // The keychain's own words are left out: they may quote what it was given.
    throw new InspectorError('SecretMissing', `The stored ${name} cannot be decrypted by this system's keychain`, {
      hint: `Enter ${name} again in the profile.`,
    });
  }
}
