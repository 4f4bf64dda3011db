import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { identify } from '../../../src/main/django/identify.ts';
import { parseSessionPayload } from '../../../src/main/django/serializers/detect.ts';
import { parseJson } from '../../../src/main/django/serializers/json/document.ts';
import { decodeStored } from '../../../src/main/django/session-data.ts';
import { SigningKeys, sign, timestampSign } from '../../../src/main/django/signing.ts';
import { InspectorError } from '../../../src/main/errors.ts';

const keys = new SigningKeys(['k', 'old']);
const other = new SigningKeys(['another', 'and another']);
const OPTIONS = { keys, salt: 'django.contrib.sessions.SessionStore', algorithm: 'sha256' } as const;
const MEGABYTE = 1024 * 1024;

/** A correctly signed session whose payload inflates to `times` MB of one character, made without holding that much. */
function bomb(times: number, character: string): string {
  const block = deflateRawSync(Buffer.alloc(MEGABYTE, character), { finishFlush: constants.Z_FULL_FLUSH });
  const body = Buffer.concat([Buffer.from([0x78, 0x9c]), ...Array.from({ length: times }, () => block)]);
  return signed(`.${body.toString('base64url')}`);
}

function signed(body: string): string {
  return timestampSign(body, 1_700_000_000, OPTIONS);
}

function plain(json: string): string {
  return signed(Buffer.from(json, 'latin1').toString('base64url'));
}

/** Everything that opening a session does with it. @returns the code of the error that ends it, or "opened" */
function open(stored: Uint8Array): string {
  try {
    const decoded = decodeStored(stored, { keys });
    if (decoded.problem !== null) throw decoded.problem;
    const document = parseSessionPayload(decoded.payload ?? new Uint8Array());
    document.find('_auth_user_id');
    document.view();
    return document.warnings.length < 100 ? 'opened' : 'too many warnings';
  } catch (error) {
    return error instanceof InspectorError ? error.code : String(error);
  }
}

/** Runs `work`, and fails where it takes more than a second or 64 MB beyond what was there. */
function cheaply<T>(work: () => T): T {
  const rss = process.memoryUsage.rss();
  const peak = process.resourceUsage().maxRSS * 1024;
  const start = performance.now();
  const result = work();
  expect(performance.now() - start).toBeLessThan(1000);
  const after = process.resourceUsage().maxRSS * 1024;
  expect(after > peak ? after - rss : 0).toBeLessThan(64 * MEGABYTE);
  return result;
}

describe('hostile sessions end within a second and 64 MB', () => {
  test.each<[string, string, string]>([
    ['a bomb of 1 GB', bomb(1024, ' '), 'LimitExceeded'],
    ['a bomb of 15 MB of one string', bomb(15, 'a'), 'Corrupt'],
    ['a million nested lists', plain('['.repeat(1_000_000)), 'LimitExceeded'],
    ['a million nested dicts', plain('{"":'.repeat(1_000_000)), 'LimitExceeded'],
    ['a long string', plain(`{"a":"${'a'.repeat(15 * MEGABYTE)}"}`), 'opened'],
    ['a million values', plain(`[${'1,'.repeat(1_000_000)}1]`), 'LimitExceeded'],
    ['a key a hundred thousand times', plain(`{${'"a":1,'.repeat(100_000)}"a":1}`), 'opened'],
    ['a number of millions of digits', plain(`{"a":${'1'.repeat(4 * MEGABYTE)},"b":1.${'1'.repeat(4 * MEGABYTE)}}`), 'opened'],
    ['nothing but colons', ':'.repeat(32 * MEGABYTE), 'Corrupt'],
    ['base64 without an end', 'A'.repeat(60 * MEGABYTE), 'LimitExceeded'],
    ['base64 that has to be read character by character', signed(`${'A'.repeat(15 * MEGABYTE)}!`), 'Corrupt'],
    ['a timestamp of a million digits', sign(`e30:${'z'.repeat(1_000_000)}`, OPTIONS), 'LimitExceeded'],
  ])('%s', (_, text, outcome) => {
    const stored = Buffer.from(text);
    expect(cheaply(() => open(stored))).toBe(outcome);
  });

  test.each([
    ['a bomb', bomb(1024, ' ')],
    ['colons', ':'.repeat(4 * MEGABYTE)],
    ['base64', 'A'.repeat(4 * MEGABYTE)],
    ['letters and colons', 'a:'.repeat(2 * MEGABYTE)],
    ['dashes', '-'.repeat(4 * MEGABYTE)],
  ])('%s are named no slower', (_, value) => {
    expect(cheaply(() => identify(value, { keys: other, cookie_name: 'sessionid' })).found).toBeNull();
  });

  test('typed text is compared with the document in one pass, however deep', () => {
    const depth = 900;
    const list = `[${'"some text",'.repeat(2000)}1]`;
    const deep = `${`[${list},`.repeat(20)}${'['.repeat(depth - 20)}1${']'.repeat(depth)}`;
    const document = parseJson(Buffer.from(deep));
    const changed = document.text().replace(/1(\s*\]){3}/, '2$&');
    const edited = cheaply(() => document.edit({ op: 'text', text: changed.replace('"some text"', '"other"') }));
    expect(edited.payload.length).toBeLessThan(deep.length + 10);
  });
});
