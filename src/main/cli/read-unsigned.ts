import { unmaskCsrfToken } from '../django/csrf.ts';
import type { Identified } from '../django/identify.ts';
import { parseMessages } from '../django/messages.ts';
import { parseResetToken } from '../django/reset-token.ts';
import { parseSessionPayload } from '../django/serializers/detect.ts';
import { parseJson } from '../django/serializers/json/document.ts';
import { validSessionKey } from '../django/session-key.ts';
import { errorData, InspectorError } from '../errors.ts';
import { type Answer, BLANK } from './answer.ts';
import { type Context, valueBytes, valueText } from './context.ts';
import { clock, readDocument, readPayload } from './payload.ts';

/** Facts of keys and tokens, which nothing signs. */
export function unsignedFacts({ kind }: Identified, value: string): Partial<Answer> {
  if (kind === 'csrf') return { typed: unmaskCsrfToken(value) };
  if (kind === 'reset_token') return tokenFacts(value);
  if (kind === 'session_key' || kind === 'language') return { typed: value };
  if (kind !== 'pickle') return {};
  return { serializer: 'pickle', ...readPayload(Buffer.from(value, 'base64'), null) };
}

function tokenFacts(value: string): Partial<Answer> {
  const token = parseResetToken(value);
  return token === null ? {} : { algorithm: token.algorithm, timestamp: token.made };
}

export function readMessages({ request }: Context, kind: string): Answer {
  const json = valueText(request);
  const blank = { ...BLANK, id: request.id ?? null, kind, serializer: 'json', json };
  try {
    parseMessages(json);
    return blank;
  } catch (error) {
    return { ...blank, json: null, error: errorData(error) };
  }
}

export function readCsrf({ request }: Context, kind: string): Answer {
  return { ...BLANK, id: request.id ?? null, kind, typed: unmaskCsrfToken(valueText(request)) };
}

export function readAuthHash({ request }: Context, kind: string): Answer {
  const hash = valueText(request);
  if (!/^(?:[0-9a-f]{64}|[0-9a-f]{40})$/.test(hash))
    throw new InspectorError('BadValue', 'Not an auth hash', { hint: 'It has 64 or 40 lower-case hexadecimal digits.' });
  return { ...BLANK, id: request.id ?? null, kind, algorithm: hash.length === 64 ? 'sha256' : 'sha1', typed: hash };
}

export function readResetToken({ request }: Context, kind: string): Answer {
  const value = valueText(request);
  if (parseResetToken(value) === null)
    throw new InspectorError('BadValue', 'Not a password-reset token', {
      hint: 'It is a time in base 36, a dash and 32 or 20 hexadecimal digits.',
    });
  return { ...BLANK, id: request.id ?? null, kind, ...tokenFacts(value) };
}

export function readJson({ request }: Context, kind: string): Answer {
  const document = parseJson(valueBytes(request));
  const { error, json = null, warnings } = readDocument(document);
  return { ...BLANK, id: request.id ?? null, kind, serializer: 'json', json, typed: document.typed(), warnings, error };
}

export function readKey({ request }: Context, kind: string): Answer {
  const typed = validSessionKey(valueText(request));
  const refused = { code: 'InvalidSessionKey', message: 'The key has fewer than 8 characters: Django ignores it' } as const;
  return { ...BLANK, id: request.id ?? null, kind, typed, error: typed === null ? refused : null };
}

export function readPickle({ request }: Context, kind: string): Answer {
  const bytes = typeof request.value_base64 === 'string' ? valueBytes(request) : Buffer.from(valueText(request), 'base64');
  return {
    ...BLANK,
    id: request.id ?? null,
    kind,
    serializer: 'pickle',
    ...readDocument(parseSessionPayload(bytes, 'pickle', undefined, clock)),
  };
}

export function readNothing(context: Context, kind: string): Answer {
  return { ...BLANK, id: context.request.id ?? null, kind, typed: valueText(context.request) };
}
