import type { SigningKeys } from '../django/signing.ts';
import { InspectorError } from '../errors.ts';
import type { Answer } from './answer.ts';
import type { Context } from './context.ts';
import { readSigned, recognize } from './read-signed.ts';
import { readStored } from './read-stored.ts';
import { readAuthHash, readCsrf, readJson, readKey, readMessages, readNothing, readPickle, readResetToken } from './read-unsigned.ts';
import type { Request } from './request.ts';

type Reader = (context: Context, kind: string) => Answer;

/** How each kind is read where the request names it: the kinds of the fixtures, and those that `identify` answers with. */
const READERS: Readonly<Record<string, Reader>> = {
  session_data: readStored,
  session_data_odd: readStored,
  session_data_pickle: readStored,
  signed_cookie_session: readStored,
  signed_cookie_session_bad: readStored,
  signing: readSigned,
  signer: readSigned,
  set_signed_cookie: readSigned,
  messages: readSigned,
  messages_session: readMessages,
  csrf: readCsrf,
  auth_hash: readAuthHash,
  reset_token: readResetToken,
  json: readJson,
  key: readKey,
  session_key: readKey,
  pickle: readPickle,
  malicious_pickle: readPickle,
  language: readNothing,
  unknown: readNothing,
};

/**
 * What a value is and whether its signature holds: the answer to one line of `identify`.
 * @param now epoch seconds, where the request has no time of its own
 * @throws InspectorError BadRequest for a kind that is not known, or where there is no value
 */
export function identifyRequest(request: Request, keys: SigningKeys, now: number): Answer {
  const context = { request, keys, now: request.now ?? now };
  if (request.kind === undefined || request.kind === null) return recognize(context);
  const reader = Object.hasOwn(READERS, request.kind) ? READERS[request.kind] : undefined;
  if (reader !== undefined) return reader(context, request.kind);
  throw new InspectorError('BadRequest', `The kind ${request.kind} is not known`, {
    hint: `Leave it out, or use one of ${Object.keys(READERS).join(', ')}.`,
  });
}
