import type { Output, Parsed } from '../../preload/api.ts';
import type { SessionDocument } from '../django/document.ts';
import { type Sentence, say } from '../django/sentences.ts';
import { parseSessionPayload } from '../django/serializers/detect.ts';
import { expiryValue } from '../django/session.ts';
import { SIGNED_COOKIES_SALT, sessionSalt } from '../django/session-data.ts';
import { getExpireAtBrowserClose } from '../django/session-expiry.ts';
import { setCookieLine } from '../django/set-cookie.ts';
import { DUMPS_SALT, dumps } from '../django/signing.ts';
import { atLeast, hasPickleSerializer, readsSha1 } from '../django/versions.ts';
import { InspectorError } from '../errors.ts';
import { payloadOf } from './draft.ts';
import { expiryAge } from './expiry.ts';
import { COOKIE_BYTES, labKeys } from './lab.ts';
import type { Site } from './site.ts';

type Sign = Parsed<'cookies.sign'>;

/** Signs a payload as the chosen part of Django would. @throws InspectorError SecretMissing, Corrupt, BadValue */
export function signCookie(site: Site, input: Sign): Output<'cookies.sign'> {
  const keys = labKeys(site, input.keys);
  if (keys.length === 0) {
    throw new InspectorError('SecretMissing', 'There is no SECRET_KEY to sign with', {
      hint: 'Choose a profile that has one, or type it.',
    });
  }
  const document = parseSessionPayload(payloadOf(input.draft), input.draft.serializer);
  const now = input.timestamp ?? Math.floor(site.now() / 1000);
  const { algorithm, compress } = input;
  const value = dumps(document.payload, now, { keys, salt: saltOf(site, input), algorithm, compress });
  const notes = notesOf(site, input, document);
  if (input.kind !== 'signed_cookie_session') return { value, setCookie: '', notes };
  const setCookie = setCookieLine(value, site.profile, maxAge(site, document), site.now() / 1000);
  const bytes = Buffer.byteLength(setCookie.replace('Set-Cookie: ', ''), 'utf8');
  const large = bytes > COOKIE_BYTES ? [say('fact-large', { bytes, most: COOKIE_BYTES })] : [];
  return { value, setCookie, notes: [...notes, ...large] };
}

function saltOf(site: Site, { kind, keys }: Sign): string {
  if (kind === 'signed_cookie_session') return SIGNED_COOKIES_SALT;
  if (kind === 'session_data') return sessionSalt(keys.class_name ?? site.profile.session_store_class);
  return keys.salt ?? DUMPS_SALT;
}

/** Seconds that the cookie lives; null: as long as the browser. django/contrib/sessions/middleware.py process_response() */
function maxAge(site: Site, document: SessionDocument): number | null {
  const value = expiryValue(document);
  if (getExpireAtBrowserClose(value, site.expiry)) return null;
  return expiryAge(site, document);
}

function notesOf(site: Site, { algorithm, timestamp, draft }: Sign, document: SessionDocument): readonly Sentence[] {
  const version = site.profile.DJANGO_VERSION;
  const notes: Sentence[] = [];
  const accepted = algorithm === 'sha256' ? atLeast(version, 3, 1) : algorithm === 'sha1' && readsSha1(version);
  if (!accepted) notes.push(say('sign-not-accepted', { version, algorithm }));
  if (timestamp !== null && timestamp * 1000 > site.now()) notes.push(say('sign-future'));
  if (draft.serializer === 'pickle' && !hasPickleSerializer(version)) notes.push(say('sign-pickle', { version }));
  if (document.warnings.some(({ code }) => code === 'not-a-dict')) notes.push(say('sign-no-dict'));
  return notes;
}
