import { z } from 'zod';
import { DjangoVersionSetting } from '../django/settings.ts';
import { SigningKeys } from '../django/signing.ts';
import { InspectorError } from '../errors.ts';

/** SECRET_KEY as text, or as bytes: `{"$bytes": base64}`. */
const SecretInput = z.union([z.string(), z.object({ $bytes: z.base64() })]);

const Text = z.string().nullish();

/**
 * One line of input, for `identify` and for `encode`. Fields that are not known are passed over, so that entries of
 * test/fixtures/manifest.json, and the answers of `identify`, can be given as they are.
 */
const Request = z.object({
  id: z.unknown().optional(),
  value: Text,
  /** bytes that no text can hold */
  value_base64: Text,
  kind: Text,
  secret: SecretInput.nullish(),
  fallbacks: z.array(SecretInput).nullish(),
  class_name: Text,
  /** where `class_name` is only the last part of it */
  class_qualname: Text,
  salt: Text,
  cookie_name: Text,
  /** salt argument of set_signed_cookie(), where `salt` is the whole salt */
  cookie_salt: Text,
  /** release of the site, as "4.2" or "4.2.28" */
  django: DjangoVersionSetting.nullish(),
  /** seconds */
  max_age: z.number().nullish(),
  /** epoch seconds */
  now: z.number().nullish(),
  /** encode */
  algorithm: z.enum(['md5', 'sha1', 'sha256', 'sha384', 'sha512']).nullish(),
  timestamp: z.number().nullish(),
  compressed: z.boolean().nullish(),
  serializer: Text,
  json: Text,
  typed: z.unknown().optional(),
});

export type Request = Readonly<z.output<typeof Request>>;

/**
 * The request in a line.
 * @throws InspectorError BadRequest with the place, where it is no JSON object or a field is of the wrong type
 */
export function readRequest(line: string | null): Request {
  if (line === null) throw new InspectorError('BadRequest', 'The line is too long');
  const parsed = Request.safeParse(parseLine(line));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new InspectorError(
    'BadRequest',
    field === '' ? 'Not a JSON object' : `The field ${field} is not as expected: ${issue?.message ?? ''}`,
    {
      hint: 'One JSON object per line; docs/cli.md lists the fields.',
    },
  );
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    throw new InspectorError('BadRequest', 'Not JSON', { hint: 'One JSON object per line.', cause: error });
  }
}

/** The `id` of a line, even where the rest of it cannot be used; undefined where it has none. */
export function idOf(line: string | null): unknown {
  try {
    const value: unknown = JSON.parse(line ?? 'null');
    return typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  } catch {
    return undefined;
  }
}

const NO_KEYS = new SigningKeys([]);

/** Remembers the keys of the last request: a corpus mostly repeats them, and deriving keys costs more than a signature. */
export class KeyCache {
  #name = '';
  #keys = NO_KEYS;

  keysOf(request: Request): SigningKeys {
    const { secret, fallbacks } = request;
    if (secret === undefined || secret === null) return NO_KEYS;
    const secrets = [secret, ...(fallbacks ?? [])];
    const name = JSON.stringify(secrets);
    if (name === this.#name) return this.#keys;
    this.#name = name;
    this.#keys = new SigningKeys(secrets.map((given) => (typeof given === 'string' ? given : Buffer.from(given.$bytes, 'base64'))));
    return this.#keys;
  }
}
