import { constants, deflateRawSync } from 'node:zlib';
import { decodeCacheValue } from '../../src/main/django/cache-values.ts';
import type { SessionDocument } from '../../src/main/django/document.ts';
import { identify } from '../../src/main/django/identify.ts';
import { readPaste } from '../../src/main/django/paste.ts';
import { parseCachePayload, parseSessionPayload } from '../../src/main/django/serializers/detect.ts';
import { parseJson } from '../../src/main/django/serializers/json/document.ts';
import { decodeStored } from '../../src/main/django/session-data.ts';
import { SigningKeys, sign, timestampSign } from '../../src/main/django/signing.ts';
import { InspectorError } from '../../src/main/errors.ts';

/** One hostile input: made first, then read as the app would read it. */
export type Attack = Readonly<{
  make: () => Buffer;
  /** everything that opening it does */
  read: (input: Buffer) => unknown;
  /** the code of the error that ends it, or `opened` */
  outcome: string;
}>;

const MEGABYTE = 1024 * 1024;
const MILLION = 1_000_000;
const KEYS = new SigningKeys(['k', 'old']);
const OTHERS = new SigningKeys(['another', 'and another']);
const OPTIONS = { keys: KEYS, salt: 'django.contrib.sessions.SessionStore', algorithm: 'sha256' } as const;
const clock = () => performance.now();

const text = (make: () => string) => () => Buffer.from(make(), 'latin1');
const signed = (body: string) => timestampSign(body, 1_700_000_000, OPTIONS);
const plain = (json: string) => signed(Buffer.from(json, 'latin1').toString('base64url'));

/** zlib that inflates to `times` MB of one character, made without holding that much. */
function bomb(times: number, character: string): Buffer {
  const block = deflateRawSync(Buffer.alloc(MEGABYTE, character), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([Buffer.from([0x78, 0x9c]), ...Array.from({ length: times }, () => block)]);
}

const signedBomb = (times: number, character: string) => signed(`.${bomb(times, character).toString('base64url')}`);

function look(document: SessionDocument): void {
  document.find('_auth_user_id');
  document.view();
  if (document.warnings.length >= 100) throw new Error('too many warnings');
}

function session(stored: Buffer): void {
  const { payload, problem } = decodeStored(stored, { keys: KEYS });
  if (problem !== null) throw problem;
  look(parseSessionPayload(payload ?? new Uint8Array(), undefined, undefined, clock));
}

const pickle = (payload: Buffer) => look(parseCachePayload(payload, 'pickle', undefined, clock));

function cached(stored: Buffer): void {
  const format = { BACKEND: 'django_redis', DJANGO_VERSION: '5.2', SERIALIZER: 'auto', COMPRESSOR: 'auto' } as const;
  decodeCacheValue(stored, format);
}

function name(value: Buffer): void {
  if (identify(value.toString('latin1'), { keys: OTHERS, cookie_name: 'sessionid' }).found !== null) throw new Error('verified');
}

/** All of a long document typed anew with one change at its deepest place. */
function retype(json: Buffer): void {
  const document = parseJson(json);
  const typed = document.text().replace(/1(\s*\]){3}/, '2$&');
  document.edit({ op: 'text', text: typed.replace('"some text"', '"other"') });
}

function deepLists(): string {
  const list = `[${'"some text",'.repeat(2000)}1]`;
  return `${`[${list},`.repeat(20)}${'['.repeat(880)}1${']'.repeat(900)}`;
}

const attack = (make: () => Buffer, read: (input: Buffer) => unknown, outcome = 'opened'): Attack => ({ make, read, outcome });
const LIMIT = 'LimitExceeded';

/** Every way to make a decoder hold much or work long, by name. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  'a session that inflates to 1 GB': attack(
    text(() => signedBomb(1024, ' ')),
    session,
    LIMIT,
  ),
  'a session of 15 MB of one character': attack(
    text(() => signedBomb(15, 'a')),
    session,
    'Corrupt',
  ),
  'a cache entry that inflates to 1 GB': attack(() => bomb(1024, ' '), cached, LIMIT),
  'a pickle of 100 MB': attack(() => Buffer.alloc(100 * MEGABYTE, 'N'), pickle, LIMIT),
  'a pickle of 100 MB of opened lists': attack(() => Buffer.alloc(100 * MEGABYTE, ']'), pickle, LIMIT),
  '10^6 lists in each other, as a pickle': attack(
    text(() => `${']'.repeat(MILLION)}${'a'.repeat(MILLION - 1)}.`),
    pickle,
    LIMIT,
  ),
  '10^6 tuples in each other, as a pickle': attack(
    text(() => `\x80\x02)${'\x85'.repeat(MILLION)}.`),
    pickle,
    LIMIT,
  ),
  '10^6 lists in each other, as JSON': attack(
    text(() => plain('['.repeat(MILLION))),
    session,
    LIMIT,
  ),
  '10^6 dicts in each other, as JSON': attack(
    text(() => plain('{"":'.repeat(MILLION))),
    session,
    LIMIT,
  ),
  '10^6 values': attack(
    text(() => plain(`[${'1,'.repeat(MILLION)}1]`)),
    session,
    LIMIT,
  ),
  'one long string': attack(
    text(() => plain(`{"a":"${'a'.repeat(15 * MEGABYTE)}"}`)),
    session,
  ),
  'one key 10^5 times': attack(
    text(() => plain(`{${'"a":1,'.repeat(100_000)}"a":1}`)),
    session,
  ),
  'numbers of millions of digits': attack(
    text(() => plain(`{"a":${'1'.repeat(4 * MEGABYTE)},"b":1.${'1'.repeat(4 * MEGABYTE)}}`)),
    session,
  ),
  'a timestamp of 10^6 digits': attack(
    text(() => sign(`e30:${'z'.repeat(MILLION)}`, OPTIONS)),
    session,
    LIMIT,
  ),
  'nothing but colons': attack(() => Buffer.alloc(32 * MEGABYTE, ':'), session, 'Corrupt'),
  'base64 without an end': attack(() => Buffer.alloc(60 * MEGABYTE, 'A'), session, LIMIT),
  'base64 to be read one by one': attack(
    text(() => signed(`${'A'.repeat(15 * MEGABYTE)}!`)),
    session,
    'Corrupt',
  ),
  'a bomb to be named': attack(
    text(() => signedBomb(1024, ' ')),
    name,
  ),
  'colons to be named': attack(() => Buffer.alloc(4 * MEGABYTE, ':'), name),
  'letters and colons to be named': attack(() => Buffer.alloc(4 * MEGABYTE, 'a:'), name),
  'dashes to be named': attack(() => Buffer.alloc(4 * MEGABYTE, '-'), name),
  'words and colons to be found in text': attack(
    text(() => `${'a'.repeat(MEGABYTE)} ${'a:'.repeat(MEGABYTE / 2)} b`),
    (input) => readPaste(input.toString('latin1')),
  ),
  'long and deep text typed anew': attack(text(deepLists), retype),
};

/** @returns the code of the error that ends it, or `opened` */
export function outcomeOf({ read }: Attack, input: Buffer): string {
  try {
    read(input);
    return 'opened';
  } catch (error) {
    return error instanceof InspectorError ? error.code : String(error);
  }
}
