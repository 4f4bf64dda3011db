/**
 * The contract between the window and everything else: one object of methods, one of events, the codes of all errors.
 * Handlers and the bridge derive from it. Everything that crosses is JSON-safe; what comes in is parsed by zod first.
 * Values at run time come from zod alone; what is imported from main is types.
 */
import { z } from 'zod';
import type { Capabilities, Count, Statement } from '../main/backends/base.ts';
import type {
  Edit as DocumentEdit,
  NewValue as DocumentNewValue,
  Sentence,
  SerializerName,
  ValueNode,
  Warning,
} from '../main/django/document.ts';
import { Profile, ProfileId, type ProfileInput, type SecretName, SecretsInput } from './profile.ts';

export type { Capabilities, Count, Statement } from '../main/backends/base.ts';
export type {
  Sentence,
  SentenceCode,
  SerializerName,
  ValueChild,
  ValueNode,
  ValueType,
  Warning,
} from '../main/django/document.ts';
export type { SecretName, Secrets } from './profile.ts';
export { Profile, ProfileId, SecretsInput } from './profile.ts';

/* ---------------------------------------------------------------- errors */

export type ErrorCode =
  // Django's own names
  | 'BadSignature'
  | 'SignatureExpired'
  | 'SuspiciousSession'
  | 'InvalidSessionKey'
  | 'UpdateError'
  | 'CreateError'
  | 'DoesNotExist'
  | 'ImproperlyConfigured'
  // data
  | 'Corrupt'
  | 'UnsupportedFormat'
  | 'LimitExceeded'
  | 'BadValue'
  | 'BadPath'
  | 'NotEditable'
  // stores, by layer
  | 'MissingFile'
  | 'NotADatabase'
  | 'MissingTable'
  | 'WrongColumns'
  | 'Locked'
  | 'PermissionDenied'
  | 'DiskFull'
  | 'NameNotFound'
  | 'ConnectionRefused'
  | 'ConnectionLost'
  | 'TlsFailed'
  | 'LoginFailed'
  | 'MissingDatabase'
  | 'StoreFailed'
  | 'Timeout'
  // the app
  | 'ReadOnly'
  | 'Unsupported'
  | 'Canceled'
  | 'BadRequest'
  | 'NotConfirmed'
  | 'ProcessGone'
  | 'SecretMissing'
  | 'FileUnreadable'
  | 'Internal';

export type ErrorView = Readonly<{
  code: ErrorCode;
  message: string;
  hint?: string;
}>;
/** Errors cross as data, because Electron keeps only the message of a thrown error. */
export type Reply<T> = Readonly<{ ok: true; value: T }> | Readonly<{ ok: false; error: ErrorView }>;

/* ---------------------------------------------------------------- views */

export type ProfileView = Readonly<{
  profile: Profile;
  /** which secrets are stored, never their values; SECRET_KEY_FALLBACKS: how many */
  secrets: Readonly<Partial<Record<SecretName, number>>>;
  /** the demo's profile: not editable, resettable */
  demo: boolean;
}>;

/** Fields of a profile that something told; those that it does not tell are absent. */
export type ImportedFields = Readonly<Partial<Omit<ProfileInput, 'id' | 'name' | 'group' | 'colour' | 'environment' | 'readOnly'>>>;

/** One setting of what was imported. found: as it stands there; default: Django's own; unreadable: to be filled in by hand */
export type ImportFinding = Readonly<{
  /** by the name that it has there: SECRET_KEY, DATABASES['default']['NAME'] */
  setting: string;
  state: 'found' | 'default' | 'unreadable';
  /** file and line, variable, interpreter; '' where there is none */
  origin: string;
  /** absent for secrets and what was not read */
  value?: string;
  /** why it could not be read, what decided it, or what was assumed; in English */
  note?: string;
}>;

export type ImportedProfile = Readonly<{
  /** names what main keeps of it: the secrets, until the profile is saved or the import discarded */
  token: string;
  /** what was read: a file, or a folder; '' of a URL */
  source: string;
  fields: ImportedFields;
  /** which secrets were found; SECRET_KEY_FALLBACKS: how many */
  secrets: Readonly<Partial<Record<SecretName, number>>>;
  findings: readonly ImportFinding[];
  /** of a project: what else it could be asked */
  project: Readonly<{
    settings_module: string | null;
    modules: readonly string[];
    /** the interpreter that would run its code */
    python: string;
  }> | null;
}>;

/** The layers of a connection, from the bottom; which of them there are depends on the engine. */
export type TestLayer =
  | 'settings'
  | 'file'
  | 'folder'
  | 'name'
  | 'reach'
  | 'tls'
  | 'login'
  | 'database'
  | 'server'
  | 'table'
  | 'list'
  | 'read'
  | 'sample'
  | 'signature'
  | 'users';
export type TestStep = Readonly<{
  /** where: the sessions themselves, the cache beside a database, or the users */
  part: 'database' | 'cache' | 'files' | 'cookies';
  layer: TestLayer;
  /** warning: works, but not as it might; skipped: a layer below failed, or there is nothing to try it on */
  state: 'ok' | 'warning' | 'failed' | 'skipped';
  /** in English */
  message: string;
  hint?: string;
  code?: ErrorCode;
}>;

export type ConnectionView = Readonly<{
  connection: string;
  profile: ProfileView;
  capabilities: Capabilities;
  notes: readonly string[];
}>;

export type ExpirySource =
  | 'expire_date'
  | '_session_expiry'
  | 'ttl'
  | 'mtime + SESSION_COOKIE_AGE'
  | 'cookie timestamp + SESSION_COOKIE_AGE'
  | 'cache expires'
  | 'never'
  | 'unknown';

export type ExpiryView = Readonly<{
  /** ISO 8601 UTC with microseconds where the store has them; null = never or unknown */
  at: string | null;
  source: ExpirySource;
  /** the cookie ends with the browser (`_session_expiry` 0, or SESSION_EXPIRE_AT_BROWSER_CLOSE) */
  browserClose: boolean;
  expired: boolean;
  /** as stored: the column's text, seconds of TTL, `_session_expiry` */
  raw: string;
  /** where a person needs it: "an integer _session_expiry never expires in this engine" */
  note?: Sentence;
}>;

/** live and expired: decodes, and Django would read it (or no key is at hand to tell); unsigned: decodes, but no key verifies it */
export type SessionState = 'live' | 'expired' | 'corrupt' | 'unsigned';

export type UserView = Readonly<{
  id: string;
  username?: string;
  email?: string;
  is_active?: boolean;
  backend?: string;
  missing?: boolean;
}>;

export type SessionSummary = Readonly<{
  session_key: string;
  state: SessionState;
  expiry: ExpiryView;
  /** bytes as stored */
  size: number;
  user: UserView | null;
  /** number of keys of the data; null where it does not decode */
  keys: number | null;
  /** when the stored text was last written, as its own signature says: ISO 8601 UTC; absent where no signature does */
  written?: string;
  serializer: SerializerName | null;
  /** why it is corrupt or unsigned */
  problem?: ErrorView;
  /** cached_db: how the two sides agree */
  agreement?: 'equal' | 'database only' | 'cache only' | 'different' | 'cache unavailable';
  columns?: Readonly<Record<string, string | null>>;
}>;

export type SessionsPage = Readonly<{
  sessions: readonly SessionSummary[];
  next?: string;
  partial?: string;
}>;

/** What the window holds while a person edits: the payload itself, so that nothing is lost on the way.
 *  json: the payload's text as latin-1; pickle and msgpack: base64. */
export type Draft = Readonly<{ serializer: SerializerName; payload: string }>;

export type DocumentView = Readonly<{
  draft: Draft;
  root: ValueNode;
  text: string;
  textEditable: boolean;
  warnings: readonly Warning[];
}>;

/** What whoever copies a session should know: see django/copy-as.ts */
export type CopyNote = 'login' | 'expiry' | 'address';

/** Two verdicts, kept apart: does it decode; does its signature hold, and by which key. */
export type SignatureView = Readonly<{
  /** true, false; null where there is nothing to verify or no key to try */
  verified: boolean | null;
  /** 0 = SECRET_KEY, 1.. = SECRET_KEY_FALLBACKS */
  key: number | null;
  algorithm: string | null;
  salt: string | null;
  /** ISO 8601 UTC of the signature's own timestamp */
  timestamp: string | null;
  compressed: boolean;
  /** signed: since 3.1; legacy: before; unsigned: cache entries */
  format: 'signed' | 'legacy' | 'unsigned';
  reason: 'verified' | 'verified-by-fallback' | 'no-key' | 'does-not-match' | 'not-signed' | 'malformed' | 'other-salt' | 'expired';
  /** what was found */
  findings: readonly Sentence[];
  /** what to do next */
  hint?: Sentence;
}>;

/** "Would Django accept this?" */
export type AcceptanceView = Readonly<{
  verdict: 'accepted' | 'accepted by a fallback key' | 'logged out at the next request' | 'anonymous' | 'empty session' | 'unknown';
  reasons: readonly (Sentence & Readonly<{ ok: boolean | null }>)[];
}>;

export type SessionView = Readonly<{
  summary: SessionSummary;
  /** null where it does not decode: summary.problem says why */
  document: DocumentView | null;
  signature: SignatureView;
  acceptance: AcceptanceView;
  /** the stored value as text (base64 for binary), cut at a limit */
  stored: Readonly<{
    text: string;
    encoding: 'text' | 'base64';
    bytes: number;
    cut: boolean;
  }>;
  /** changes whenever the stored value or expiry does: Apply compares it */
  revision: string;
  /** cached_db: the cache's side */
  twin?: Readonly<{
    document: DocumentView | null;
    problem?: ErrorView;
    difference: readonly Difference[];
    expiry: string | null;
  }>;
}>;

export type Difference = Readonly<{
  path: string;
  kind: 'added' | 'removed' | 'changed';
  before?: string;
  after?: string;
}>;

export type Preview = Readonly<{
  differences: readonly Difference[];
  statements: readonly Statement[];
  /** the same change as code for Django's shell; absent where a value has no plain Python expression */
  django?: Statement;
  expiry: Readonly<{ before: ExpiryView; after: ExpiryView }>;
  /** bytes as stored */
  size: Readonly<{ before: number; after: number }>;
  notes: readonly string[];
}>;

export type ApplyResult =
  | Readonly<{ outcome: 'applied'; session: SessionView; activity: string }>
  /** somebody else wrote it meanwhile: nothing was changed */
  | Readonly<{
      outcome: 'conflict';
      theirs: SessionView | null;
      differences: readonly Difference[];
    }>;

export type JobKind = 'find' | 'clear_expired' | 'delete' | 'set_expiry';
export type JobView = Readonly<{
  job: string;
  connection: string;
  kind: JobKind;
  state: 'running' | 'stopping' | 'stopped' | 'done' | 'failed';
  scanned: number;
  /** estimate of what there is to scan; null where unknown */
  total: number | null;
  found: number;
  changed: number;
  failed: number;
  /** bad rows by cause */
  bad: Readonly<Record<string, number>>;
  /** milliseconds since start, of work */
  elapsed: number;
  error?: ErrorView;
  activity?: string;
  failures: readonly Readonly<{ session_key: string; error: ErrorView }>[];
}>;

export type IdentifiedKind =
  | 'session_key'
  | 'signed_cookie_session'
  | 'session_data'
  | 'signing'
  | 'signer'
  | 'set_signed_cookie'
  | 'messages'
  | 'csrf'
  | 'reset_token'
  | 'language'
  | 'pickle'
  | 'unknown';

export type DemoCookie = Readonly<{
  label: 'signed_cookie_session' | 'fallback_key' | 'signing' | 'messages' | 'csrf' | 'session_key';
  value: string;
}>;

export type CookiePart = Readonly<{
  role: 'compression' | 'payload' | 'separator' | 'timestamp' | 'signature' | 'mask' | 'secret' | 'hash' | 'text';
  text: string;
  meaning: Sentence;
}>;

export type CookieReading = Readonly<{
  /** the cookie's name, where the paste had one */
  name: string | null;
  /** the value, unquoted and percent-decoded */
  value: string;
  kind: IdentifiedKind;
  confidence: 'certain' | 'likely' | 'possible';
  /** why it was named so */
  reason: Sentence;
  parts: readonly CookiePart[];
  decodes: Readonly<{ ok: boolean; error?: ErrorView }>;
  signature: SignatureView;
  age: Readonly<{
    seconds: number;
    max_age: number;
    expired: boolean;
    expires: string;
  }> | null;
  document: DocumentView | null;
  /** what was tried: keys x salts x algorithms x formats */
  tried: readonly Readonly<{
    key: number;
    salt: string;
    algorithm: string;
    matched: boolean;
  }>[];
  /** facts by name: messages, unmasked CSRF secret, user id, bytes against the browsers' 4096 limit */
  facts: readonly Sentence[];
}>;

export type ActivityEntry = Readonly<{
  id: string;
  /** ISO 8601 UTC */
  at: string;
  profile: Readonly<{ id: string; name: string }>;
  /** host and database, file or folder; no credentials */
  place: string;
  action: 'save' | 'create' | 'delete' | 'cycle_key' | 'set_expiry' | 'clear_expired' | 'undo' | 'flush';
  count: number;
  /** masked */
  session_keys: readonly string[];
  outcome: 'pending' | 'done' | 'partly' | 'failed' | 'conflict' | 'interrupted';
  message?: string;
  by: string;
  undo: 'possible' | 'gone' | 'done' | 'not kept';
}>;

export type Settings = Readonly<z.output<typeof SettingsSchema>>;
const settings = {
  language: z.enum(['system', 'en', 'zh-Hans']),
  theme: z.enum(['system', 'light', 'dark']),
  /** days and bytes that before-images are kept */
  undoDays: z.number().int().min(0).max(365),
  undoBytes: z
    .number()
    .int()
    .min(0)
    .max(4 * 1024 ** 3),
};
export const SettingsSchema = z.strictObject({
  language: settings.language.default('system'),
  theme: settings.theme.default('system'),
  undoDays: settings.undoDays.default(30),
  undoBytes: settings.undoBytes.default(256 * 1024 ** 2),
});
/** Apart from the schema with defaults: zod fills those in even where a field is optional, and one change would reset the rest. */
const SettingsChange = z.strictObject(settings).partial();

export type AppInfo = Readonly<{
  version: string;
  runtime: Readonly<{ electron: string; chrome: string; node: string }>;
  platform: string;
  dataFolder: string;
  /** where secrets go: the system's keychain, or this run's memory and why */
  secrets: Readonly<{ keeping: 'keychain' | 'memory'; backend: string }>;
  settings: Settings;
  /** the system's languages, best first */
  languages: readonly string[];
  /** what went wrong at start: a damaged profile file set aside and where */
  notices: readonly ErrorView[];
}>;

/* ---------------------------------------------------------------- inputs */

const ConnectionId = z.string().min(1).max(64);
const JobId = z.string().min(1).max(64);
/** any text: tables hold keys that Django would never make */
const SessionKey = z.string().min(1).max(4096);
const Revision = z.string().min(1).max(256);

const NewValue = z.strictObject({
  type: z.enum(['json', 'NoneType', 'bool', 'int', 'float', 'str', 'bytes', 'datetime', 'date', 'time', 'Decimal', 'UUID', 'tuple']),
  text: z.string().max(64 * 1024 * 1024),
}) satisfies z.ZodType<DocumentNewValue>;
const Path = z.array(z.number().int().min(0)).max(1000);
export const Edit = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('set'), path: Path, value: NewValue }),
  z.strictObject({
    op: z.literal('add'),
    path: Path,
    key: NewValue.optional(),
    value: NewValue,
    at: z.number().int().min(0).optional(),
  }),
  z.strictObject({ op: z.literal('remove'), path: Path }),
  z.strictObject({ op: z.literal('rename'), path: Path, key: NewValue }),
  z.strictObject({
    op: z.literal('text'),
    text: z.string().max(64 * 1024 * 1024),
  }),
]);
export type Edit = DocumentEdit;

const DraftSchema = z.strictObject({
  serializer: z.enum(['json', 'pickle', 'msgpack']),
  payload: z.string().max(96 * 1024 * 1024),
});

/** set_expiry's meanings: an int (seconds of inactivity), a moment, 0 (browser close), None (the site's default) */
export const SetExpiry = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('seconds'), seconds: z.number().int() }),
  z.strictObject({
    kind: z.literal('moment'),
    at: z.iso.datetime({ offset: true }),
  }),
  z.strictObject({ kind: z.literal('browser_close') }),
  z.strictObject({ kind: z.literal('default') }),
]);
export type SetExpiry = Readonly<z.output<typeof SetExpiry>>;

/** `draft` null: the data stays as it is. `expiry`: keep = expire date untouched; renew = as Django's save() computes it from the data */
const Change = z.strictObject({
  connection: ConnectionId,
  session_key: SessionKey,
  revision: Revision,
  draft: DraftSchema.nullable(),
  expiry: z.enum(['keep', 'renew']),
});

const Confirmation = z.strictObject({ profileName: z.string().max(120) }).optional();

export const FindQuery = z.strictObject({
  /** id, user name or e-mail */
  user: z.string().min(1).max(320).optional(),
  keyPrefix: z.string().max(255).optional(),
  /** contained in any key or value */
  text: z.string().min(1).max(1000).optional(),
  state: z.enum(['live', 'expired', 'corrupt', 'unsigned']).optional(),
});
export type FindQuery = Readonly<z.output<typeof FindQuery>>;

export const JobInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('find'), query: FindQuery }),
  /** batch: rows per statement; pause: milliseconds between; dryRun counts only */
  z.strictObject({
    kind: z.literal('clear_expired'),
    dryRun: z.boolean(),
    batch: z.number().int().min(1).max(100_000).default(500),
    pause: z.number().int().min(0).max(60_000).default(20),
    confirmation: Confirmation,
  }),
  z.strictObject({
    kind: z.literal('delete'),
    session_keys: z.array(SessionKey).min(1).max(1_000_000),
    confirmation: Confirmation,
  }),
  z.strictObject({
    kind: z.literal('set_expiry'),
    session_keys: z.array(SessionKey).min(1).max(1_000_000),
    expiry: SetExpiry,
    confirmation: Confirmation,
  }),
]);
export type JobInput = Readonly<z.output<typeof JobInput>>;

export const ListInput = z.strictObject({
  sort: z.enum(['session_key', 'expire_date', 'size']),
  direction: z.enum(['ascending', 'descending']),
  state: z.enum(['live', 'expired']).optional(),
  keyPrefix: z.string().max(255).optional(),
  cursor: z.string().max(8192).optional(),
  limit: z.number().int().min(1).max(500),
});
export type ListInput = Readonly<z.output<typeof ListInput>>;

/** How a pasted value is read: with a profile's keys, or typed ones (which are not kept), or none. */
const LabKeys = z.strictObject({
  profile: ProfileId.optional(),
  SECRET_KEY: z.string().max(65536).optional(),
  SECRET_KEY_FALLBACKS: z.array(z.string().max(65536)).max(64).optional(),
  class_name: z.string().max(255).optional(),
  salt: z.string().max(1024).optional(),
  cookie_name: z.string().max(255).optional(),
  max_age: z.number().optional(),
});

/** Names what main keeps of an import. */
const ImportToken = z.string().regex(/^[0-9a-f]{16}$/);
const Imported = z.array(ImportToken).max(16).default([]);
const SettingsModule = z
  .string()
  .max(255)
  .regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/);

/** Where a profile comes from. Files and folders are chosen in the system's dialog, and named by the token of what was read from them. */
export const ImportRequest = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('url'), url: z.string().min(1).max(8192) }),
  z.strictObject({ from: z.literal('env') }),
  z.strictObject({ from: z.literal('project') }),
  /** the same project by another of its settings modules */
  z.strictObject({ from: z.literal('module'), token: ImportToken, settings_module: SettingsModule }),
  /** runs the project's code: `agreed` says that a person was told so and wants it */
  z.strictObject({
    from: z.literal('python'),
    token: ImportToken,
    settings_module: SettingsModule,
    interpreter: z.enum(['found', 'choose']),
    agreed: z.literal(true),
  }),
]);
export type ImportRequest = Readonly<z.output<typeof ImportRequest>>;

/* ---------------------------------------------------------------- methods */

type Method<I extends z.ZodType, O> = Readonly<{ input: I; output?: O }>;
const method = <I extends z.ZodType>(input: I) => ({
  returns: <O>(): Method<I, O> => ({ input }),
});
const nothing = z.strictObject({});

export const api = {
  'app.info': method(nothing).returns<AppInfo>(),
  'settings.set': method(SettingsChange).returns<Settings>(),
  'clipboard.write': method(z.strictObject({ text: z.string().max(16 * 1024 * 1024) })).returns<null>(),

  'profiles.list': method(nothing).returns<readonly ProfileView[]>(),
  /** `imported`: secrets that imports found; what was typed wins over them, and they over what is stored */
  'profiles.save': method(z.strictObject({ profile: Profile, secrets: SecretsInput, imported: Imported })).returns<ProfileView>(),
  /** null where the system's dialog was canceled */
  'profiles.import': method(ImportRequest).returns<ImportedProfile | null>(),
  /** forgets the secrets of imports that were not saved */
  'profiles.discard': method(z.strictObject({ imported: Imported })).returns<null>(),
  /** tries a profile as it is in the form, layer by layer, in a process of its own, reading only; steps are told as they end */
  'profiles.test': method(
    z.strictObject({ test: z.string().min(1).max(64), profile: Profile, secrets: SecretsInput, imported: Imported }),
  ).returns<readonly TestStep[]>(),
  'profiles.duplicate': method(z.strictObject({ id: ProfileId })).returns<ProfileView>(),
  'profiles.remove': method(z.strictObject({ id: ProfileId })).returns<null>(),
  /** the system's file dialog; null when it was canceled */
  'profiles.choose': method(z.strictObject({ what: z.enum(['database', 'folder', 'file']) })).returns<string | null>(),
  'demo.open': method(nothing).returns<ProfileView>(),
  'demo.reset': method(nothing).returns<ProfileView>(),
  /** values made by real Django to try the Cookie Lab with; the demo's profile has their keys */
  'demo.cookies': method(nothing).returns<readonly DemoCookie[]>(),

  'connections.open': method(z.strictObject({ profile: ProfileId })).returns<ConnectionView>(),
  'connections.close': method(z.strictObject({ connection: ConnectionId })).returns<null>(),

  'sessions.list': method(z.strictObject({ connection: ConnectionId, query: ListInput })).returns<SessionsPage>(),
  'sessions.count': method(
    z.strictObject({
      connection: ConnectionId,
      state: z.enum(['live', 'expired']).optional(),
      exact: z.boolean(),
    }),
  ).returns<Count>(),
  'sessions.get': method(z.strictObject({ connection: ConnectionId, session_key: SessionKey })).returns<SessionView | null>(),
  'sessions.preview': method(Change).returns<Preview>(),
  'sessions.apply': method(Change.extend({ confirmation: Confirmation })).returns<ApplyResult>(),
  /** what cycle_key would run, then cycle_key: same data and expiry under a new random key, the old one deleted */
  'sessions.cycle_key': method(
    z.strictObject({
      connection: ConnectionId,
      session_key: SessionKey,
      revision: Revision,
      dryRun: z.boolean(),
      confirmation: Confirmation,
    }),
  ).returns<Readonly<{ statements: readonly Statement[]; session: SessionView | null }>>(),
  /** what deleting these would run; the deletion itself is the delete job */
  'sessions.delete_preview': method(
    z.strictObject({
      connection: ConnectionId,
      session_keys: z.array(SessionKey).min(1).max(200),
    }),
  ).returns<
    Readonly<{
      statements: readonly Statement[];
      /** the same as code for Django's shell */
      django?: Statement;
      sessions: readonly SessionSummary[];
    }>
  >(),

  /** one session, or its draft, in the form in which it is handed on; `redacted` masks key, hashes, tokens and e-mail addresses */
  'sessions.copy_as': method(
    z.strictObject({
      connection: ConnectionId,
      session_key: SessionKey,
      draft: DraftSchema.nullable(),
      format: z.enum(['json', 'python', 'django', 'cookie', 'curl']),
      redacted: z.boolean(),
    }),
  ).returns<Readonly<{ text: string; notes: readonly CopyNote[] }>>(),

  /** connection null: the Cookie Lab's own process */
  'document.edit': method(
    z.strictObject({
      connection: ConnectionId.nullable(),
      draft: DraftSchema,
      edit: Edit,
    }),
  ).returns<DocumentView>(),
  'document.set_expiry': method(
    z.strictObject({
      connection: ConnectionId.nullable(),
      profile: ProfileId.optional(),
      draft: DraftSchema,
      expiry: SetExpiry,
    }),
  ).returns<DocumentView>(),

  'cookies.read': method(
    z.strictObject({
      text: z
        .string()
        .min(1)
        .max(4 * 1024 * 1024),
      keys: LabKeys,
    }),
  ).returns<readonly CookieReading[]>(),
  'cookies.sign': method(
    z.strictObject({
      draft: DraftSchema,
      keys: LabKeys,
      kind: z.enum(['signed_cookie_session', 'session_data', 'signing']),
      compress: z.boolean(),
      algorithm: z.enum(['sha1', 'sha256', 'sha384', 'sha512']),
      /** epoch seconds the signature says; null = now */
      timestamp: z.number().int().nullable(),
    }),
  ).returns<Readonly<{ value: string; setCookie: string; notes: readonly Sentence[] }>>(),

  'jobs.start': method(z.strictObject({ connection: ConnectionId, job: JobInput })).returns<JobView>(),
  'jobs.stop': method(z.strictObject({ job: JobId })).returns<JobView>(),
  'jobs.list': method(nothing).returns<readonly JobView[]>(),

  'activity.list': method(
    z.strictObject({
      before: z.string().max(64).optional(),
      limit: z.number().int().min(1).max(500),
    }),
  ).returns<readonly ActivityEntry[]>(),
  /** restores the exact bytes and expiry of an entry's before-images; `force` overwrites what was written since */
  'activity.undo': method(
    z.strictObject({
      id: z.string().max(64),
      force: z.boolean(),
      confirmation: Confirmation,
    }),
  ).returns<
    Readonly<{
      restored: number;
      conflicts: readonly string[];
      entry: ActivityEntry;
    }>
  >(),
} as const;

export type Api = typeof api;
export type MethodName = keyof Api;
export type Input<M extends MethodName> = z.input<Api[M]['input']>;
export type Parsed<M extends MethodName> = z.output<Api[M]['input']>;
export type Output<M extends MethodName> = Api[M] extends Method<z.ZodType, infer O> ? O : never;
export type Handlers = {
  readonly [M in MethodName]: (input: Parsed<M>, signal: AbortSignal) => Promise<Output<M>>;
};

/* ---------------------------------------------------------------- events */

export type MenuCommand =
  | 'new-profile'
  | 'cookie-lab'
  | 'find'
  | 'refresh'
  | 'activity'
  | 'settings'
  | 'close-connection'
  | 'shortcuts'
  | 'start';

export type Events = Readonly<{
  /** progress of a job, at most some ten a second; `hits` of find come in blocks, each session once */
  job: Readonly<{ view: JobView; hits?: readonly SessionSummary[] }>;
  /** a connection's process ended; error absent when it was closed on purpose */
  'connection.closed': Readonly<{ connection: string; error?: ErrorView }>;
  'settings.changed': Settings;
  /** one layer of a test has ended */
  'profiles.test': Readonly<{ test: string; step: TestStep }>;
  menu: Readonly<{ command: MenuCommand }>;
}>;
export type EventName = keyof Events;

/** What the preload script puts on `window.inspector`. */
export type Bridge = Readonly<{
  /** `cancel` names this call for `cancel(name)`; a canceled call answers with the code Canceled */
  call<M extends MethodName>(method: M, input: Input<M>, cancel?: string): Promise<Reply<Output<M>>>;
  cancel(name: string): void;
  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
}>;
