import { type ImportedFields, Profile, type SecretName, type SecretsInput } from '../../preload/api.ts';
import type { FormValues } from './field-spec.ts';
import { SECTIONS } from './profile-fields.ts';

type Flat = Record<string, string | boolean>;

const UNSET = 'unset';

function flatten(value: unknown, path: string, into: Flat): void {
  if (Array.isArray(value)) into[path] = value.join('\n');
  else if (typeof value === 'boolean') into[path] = value;
  else if (value !== null && typeof value === 'object') {
    for (const [name, inner] of Object.entries(value)) flatten(inner, path ? `${path}.${name}` : name, into);
  } else into[path] = value === null || value === undefined ? '' : String(value);
}

/** A profile as the form holds it; without one, Django's defaults. */
export function formValues(profile: Profile | null): FormValues {
  const defaults = Profile.parse({ id: 'new', name: 'new' });
  const values: Flat = {};
  flatten(defaults, '', values);
  if (profile) flatten(profile, '', values);
  const source = profile ?? defaults;
  return {
    ...values,
    name: profile?.name ?? '',
    SESSION_COOKIE_SAMESITE: source.SESSION_COOKIE_SAMESITE ?? UNSET,
    user_table: source.user_table !== null,
  };
}

/** The form with what an import told written over it; what it does not tell stays. */
export function withImported(values: FormValues, fields: ImportedFields): FormValues {
  const told: Flat = {};
  flatten(fields, '', told);
  const { SESSION_COOKIE_SAMESITE, user_table } = fields;
  return {
    ...values,
    ...told,
    ...(SESSION_COOKIE_SAMESITE === undefined ? {} : { SESSION_COOKIE_SAMESITE: SESSION_COOKIE_SAMESITE ?? UNSET }),
    ...(user_table === undefined ? {} : { user_table: user_table !== null }),
  };
}

function number(text: unknown, optional: boolean): unknown {
  const trimmed = String(text).trim();
  if (trimmed === '') return optional ? null : Number.NaN;
  return /^[+-]?\d+$/.test(trimmed) ? Number(trimmed) : Number.NaN;
}

function fieldValue(path: string, values: FormValues): unknown {
  const field = SECTIONS.flatMap((section) => section.fields).find((candidate) => candidate.path === path);
  const value = values[path];
  if (field?.kind === 'number') return number(value, field.optional ?? false);
  if (field?.kind === 'lines') {
    return String(value)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  }
  return typeof value === 'string' && path !== 'SESSION_COOKIE_NAME' ? value.trim() : value;
}

/** Settings whose empty text means None. */
const NULLABLE: ReadonlySet<string> = new Set(['DATABASES.TIME_ZONE', 'SESSION_COOKIE_DOMAIN']);

/** What the form holds as the input of `Profile.parse`: nested, numbers as numbers, empty texts as None where they mean it. */
export function profileInput(id: string, values: FormValues): Record<string, unknown> {
  const input: Record<string, unknown> = { id };
  for (const path of Object.keys(values)) {
    if (path === 'id' || path === 'user_table') continue;
    const [head = '', tail] = path.split('.');
    const empty = NULLABLE.has(path) && values[path] === '';
    const value = empty ? null : fieldValue(path, values);
    if (tail === undefined) input[head] = value;
    else input[head] = { ...(input[head] as Record<string, unknown> | undefined), [tail]: value };
  }
  if (values['user_table'] !== true) input['user_table'] = null;
  if (values['SESSION_COOKIE_SAMESITE'] === UNSET) input['SESSION_COOKIE_SAMESITE'] = null;
  return input;
}

/** A refused field: zod's own code and bounds, for translation. */
export type FieldProblem = Readonly<{ path: string; code: string; minimum?: number; maximum?: number; number?: boolean }>;

export type ParsedProfile = Readonly<{ ok: true; profile: Profile }> | Readonly<{ ok: false; problems: readonly FieldProblem[] }>;

/** Parses the form with the schema that main uses too. Problems carry the paths of the form's fields. */
export function parseProfile(id: string, values: FormValues): ParsedProfile {
  const parsed = Profile.safeParse(profileInput(id, values));
  if (parsed.success) return { ok: true, profile: parsed.data };
  const problems = parsed.error.issues.map((issue) => {
    // An element of LOCATION is a line of one field.
    const path = issue.path.filter((step) => typeof step === 'string').join('.');
    return {
      path,
      code: issue.code,
      ...('minimum' in issue ? { minimum: Number(issue.minimum) } : {}),
      ...('maximum' in issue ? { maximum: Number(issue.maximum) } : {}),
      number: 'origin' in issue && issue.origin !== 'string',
    };
  });
  return { ok: false, problems };
}

/** What was typed into the secret fields, and which are to be removed, as `SecretsInput`: untouched ones are absent. */
export function secretsInput(typed: Readonly<Partial<Record<SecretName, string>>>, removed: ReadonlySet<SecretName>): SecretsInput {
  const input: SecretsInput = {};
  for (const name of removed) input[name] = null;
  for (const [name, text] of Object.entries(typed)) {
    if (text === '') continue;
    if (name === 'SECRET_KEY_FALLBACKS') input.SECRET_KEY_FALLBACKS = text.split('\n').filter((line) => line !== '');
    // `typed` has the names of secrets alone; TypeScript widens the keys of Object.entries to string.
    else input[name as Exclude<SecretName, 'SECRET_KEY_FALLBACKS'>] = text;
  }
  return input;
}
