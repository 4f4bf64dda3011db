import { z } from 'zod';

/**
 * A connection profile: Django's settings by their own names and defaults, and what the app adds to them. Secrets are
 * not part of it: see `SecretsInput`. Validated where it crosses the bridge and where it is read from disk.
 */

const Text = z.string().max(4096);
const Name = z.string().max(255);
/** `name` or `schema.name`; quoted by the query builder, so anything but control characters is fine */
const Identifier = z
  .string()
  .min(1)
  .max(255)
  .refine((text) => ![...text].some((character) => character < ' '));

export const Environment = z.enum(['production', 'development', 'unspecified']);
export const SessionEngine = z.enum(['db', 'cache', 'cached_db', 'file', 'signed_cookies']);

/** DATABASES['default'] of the site, without PASSWORD. */
export const Database = z.strictObject({
  ENGINE: z.enum(['sqlite3', 'postgresql', 'mysql']).default('sqlite3'),
  /** file path for sqlite3, database name otherwise */
  NAME: Text.default(''),
  HOST: Text.default(''),
  PORT: z.number().int().min(0).max(65535).nullable().default(null),
  USER: Name.default(''),
  /** a path: the server's Unix socket (mysql) or its folder (postgresql), instead of HOST */
  UNIX_SOCKET: Text.default(''),
  SCHEMA: Name.default(''),
  /** plain words for sslmode and friends: off; prefer; require (encrypted, server not verified); verify (certificate and name checked) */
  TLS: z.enum(['off', 'prefer', 'require', 'verify']).default('prefer'),
  TLS_CA: Text.default(''),
  TLS_CERT: Text.default(''),
  TLS_KEY: Text.default(''),
  /** DATABASES['default']['TIME_ZONE'] */
  TIME_ZONE: Name.nullable().default(null),
});

/** CACHES[SESSION_CACHE_ALIAS] of the site, without passwords. */
export const Cache = z.strictObject({
  BACKEND: z
    .enum(['RedisCache', 'django_redis', 'PyMemcacheCache', 'PyLibMCCache', 'MemcachedCache', 'DatabaseCache', 'FileBasedCache'])
    .default('RedisCache'),
  /** URLs, host:port, unix:/path, table name or folder, as in settings; the first is the writer */
  LOCATION: z.array(Text).max(64).default([]),
  KEY_PREFIX: Name.default(''),
  VERSION: z.number().int().default(1),
  /** '' = Django's make_key; else a pattern with {prefix}, {version} and {key} */
  KEY_FUNCTION: Name.default(''),
  /** how the Redis servers work together */
  TOPOLOGY: z.enum(['single', 'sentinel', 'cluster']).default('single'),
  SENTINEL_MASTER: Name.default('mymaster'),
  SENTINEL_USER: Name.default(''),
  USER: Name.default(''),
  DB: z.number().int().min(0).nullable().default(null),
  TLS: z.enum(['off', 'require', 'verify']).default('off'),
  TLS_CA: Text.default(''),
  TLS_CERT: Text.default(''),
  TLS_KEY: Text.default(''),
  /** auto: read from the bytes of what is there */
  SERIALIZER: z.enum(['auto', 'pickle', 'json', 'msgpack']).default('auto'),
  COMPRESSOR: z.enum(['auto', 'none', 'zlib', 'gzip', 'lzma', 'lz4', 'zstd']).default('auto'),
});

export const UserTable = z.strictObject({
  table: Identifier.default('auth_user'),
  id: Identifier.default('id'),
  username: Identifier.default('username'),
  /** '' where the table has no such column */
  email: Name.default('email'),
  password: Name.default('password'),
  is_active: Name.default('is_active'),
});

export const ProfileId = z.string().regex(/^[a-z0-9-]{1,64}$/);

export const Profile = z.strictObject({
  id: ProfileId,
  name: z.string().trim().min(1).max(120),
  colour: z.enum(['grey', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink']).default('grey'),
  group: Name.default(''),
  environment: Environment.default('unspecified'),
  readOnly: z.boolean().default(false),
  /** the site's Django as "major.minor": decides formats and rules where releases differ */
  DJANGO_VERSION: z
    .string()
    .regex(/^\d{1,2}\.\d{1,2}$/)
    .default('5.2'),
  SESSION_ENGINE: SessionEngine.default('db'),
  DATABASES: Database.default(() => Database.parse({})),
  CACHES: Cache.default(() => Cache.parse({})),
  SESSION_CACHE_ALIAS: Name.default('default'),
  SESSION_FILE_PATH: Text.default(''),
  SESSION_SERIALIZER: z.enum(['JSONSerializer', 'PickleSerializer']).default('JSONSerializer'),
  /** the session table; django_session unless the site has a model of its own */
  session_table: Identifier.default('django_session'),
  /** __qualname__ of the site's SessionStore class: part of the salt */
  session_store_class: Name.default('SessionStore'),
  /** what the site's SessionStore begins its cache keys with; '' = as Django's own engines */
  cache_key_prefix: Name.default(''),
  /** null: no user table at hand */
  user_table: UserTable.nullable().default(() => UserTable.parse({})),
  SESSION_COOKIE_NAME: Name.min(1).default('sessionid'),
  /** seconds */
  SESSION_COOKIE_AGE: z
    .number()
    .int()
    .min(-(2 ** 53) + 1)
    .max(2 ** 53 - 1)
    .default(1209600),
  SESSION_COOKIE_PATH: Text.default('/'),
  SESSION_COOKIE_DOMAIN: Name.nullable().default(null),
  SESSION_COOKIE_SECURE: z.boolean().default(false),
  SESSION_COOKIE_HTTPONLY: z.boolean().default(true),
  SESSION_COOKIE_SAMESITE: z.enum(['Lax', 'Strict', 'None']).nullable().default('Lax'),
  SESSION_EXPIRE_AT_BROWSER_CLOSE: z.boolean().default(false),
  SESSION_SAVE_EVERY_REQUEST: z.boolean().default(false),
  USE_TZ: z.boolean().default(true),
  TIME_ZONE: Name.min(1).default('America/Chicago'),
});
export type Profile = Readonly<z.output<typeof Profile>>;
export type ProfileInput = z.input<typeof Profile>;

/** Secret fields. A text sets, null removes, an absent field keeps what is stored. */
const SecretText = z.string().max(65536).nullable().optional();
export const SecretsInput = z.strictObject({
  SECRET_KEY: SecretText,
  SECRET_KEY_FALLBACKS: z.array(z.string().max(65536)).max(64).nullable().optional(),
  DATABASE_PASSWORD: SecretText,
  CACHE_PASSWORD: SecretText,
  SENTINEL_PASSWORD: SecretText,
});
export type SecretsInput = z.output<typeof SecretsInput>;
export type SecretName = keyof SecretsInput;

/** Opened secrets: only in main's memory and in the connection's process. */
export type Secrets = Readonly<{
  SECRET_KEY?: string;
  SECRET_KEY_FALLBACKS?: readonly string[];
  DATABASE_PASSWORD?: string;
  CACHE_PASSWORD?: string;
  SENTINEL_PASSWORD?: string;
}>;
