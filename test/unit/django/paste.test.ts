import { describe, expect, test } from 'vitest';
import { readPaste } from '../../../src/main/django/paste.ts';

const SIGNED = 'eyJhIjoxfQ:1r31eq:UhpiIrhffd1mAgYCy6vXmUXfnDdsJidyP8XEEJu7Lss';
const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const LEGACY = 'MmE4YzZlYzQzNmM0YTNiOWY5YTVmNGYxZTQ5NTJlNWRjOGY4NGQzMDp7ImEiOjEsImIiOiIifQ==';

/** Names and likeliest values of a paste. */
function read(text: string): (readonly [string | null, string | undefined])[] {
  return readPaste(text).map(({ name, values }) => [name, values[0]]);
}

describe('a value by itself', () => {
  test.each([SIGNED, KEY, LEGACY, `.${SIGNED}`, 'dark:1r31eq:xMGZfzsw_v8UiKLMZOXNfniSwgSpsxDMuLgXxqOlIiY'])('%s', (value) => {
    expect(read(value)).toEqual([[null, value]]);
    expect(read(` ${value}\n`)).toEqual([[null, value]]);
    expect(read(`"${value}"`)).toEqual([[null, value]]);
    expect(read(`'${value}',`)).toEqual([[null, value]]);
  });

  test('percent-encoded, quoted, or both', () => {
    expect(read(encodeURIComponent(SIGNED))).toEqual([[null, SIGNED]]);
    expect(read('"hash$[[\\"__json_message\\"\\0540\\05420]]"')).toEqual([[null, 'hash$[["__json_message",0,20]]']]);
    expect(read('%22a%5C054b%22')).toEqual([[null, 'a,b']]);
    expect(readPaste('100%25')[0]?.values).toEqual(['100%', '100%25']);
  });

  test('wrapped by a terminal', () => {
    expect(read(`${SIGNED.slice(0, 30)}\n${SIGNED.slice(30)}`)).toEqual([[null, SIGNED]]);
  });

  test('one per line', () => {
    expect(read(`${KEY}\n${SIGNED}\n\n`)).toEqual([
      [null, KEY],
      [null, SIGNED],
    ]);
  });

  test('nothing', () => expect(readPaste(' \n')).toEqual([]));
});

describe('headers', () => {
  const both = [
    ['csrftoken', 'a'.repeat(32)],
    ['sessionid', SIGNED],
  ];
  const content = `csrftoken=${'a'.repeat(32)}; sessionid=${SIGNED}`;

  test.each([
    `Cookie: ${content}`,
    `> cookie: ${content}`,
    content,
    `'${content}'`,
    `GET / HTTP/1.1\r\nHost: example.org\r\nCookie: ${content}\r\n\r\n`,
  ])('%s', (text) => {
    expect(read(text)).toEqual(both);
  });

  test('Set-Cookie lines name one cookie each', () => {
    const text = `Set-Cookie: csrftoken=x1; Path=/; SameSite=Lax\r\nset-cookie: sessionid="${SIGNED}"; expires=Tue, 28 Nov 2023 22:13:20 GMT; HttpOnly`;
    expect(read(text)).toEqual([
      ['csrftoken', 'x1'],
      ['sessionid', SIGNED],
    ]);
    expect(read(`sessionid=${SIGNED}; Path=/; HttpOnly`)).toEqual([['sessionid', SIGNED]]);
  });

  test('a semicolon inside quotes belongs to the value', () => {
    expect(read('Cookie: messages="a;b"; x=1')).toEqual([
      ['messages', 'a;b'],
      ['x', '1'],
    ]);
  });
});

describe('commands', () => {
  test.each([
    `curl 'https://example.org/' -H 'accept: */*' -b 'sessionid=${SIGNED}' --compressed`,
    `curl "https://example.org/" \\\n  -H "Cookie: sessionid=${SIGNED}"`,
    `curl 'https://example.org/' --header $'cookie: sessionid=\\u0065${SIGNED.slice(1)}'`,
    `curl.exe ^"https://example.org/^" ^\r\n  -b ^"sessionid=${SIGNED}^"`,
    `fetch("https://example.org/", {\n  "headers": { "cookie": "sessionid=${SIGNED}" }\n});`,
    `$session.Cookies.Add((New-Object System.Net.Cookie("sessionid", "${SIGNED}", "/", "example.org")))\nInvoke-WebRequest -UseBasicParsing`,
  ])('%s', (text) => expect(read(text)).toEqual([['sessionid', SIGNED]]));
});

describe('tables and files', () => {
  test('rows of the browser, a cookies.txt file, name and value', () => {
    expect(read(`sessionid\t${SIGNED}\texample.org\t/\tSession\t85\t✓\t\tLax\ncsrftoken\tabc\texample.org\t/`)).toEqual([
      ['sessionid', SIGNED],
      ['csrftoken', 'abc'],
    ]);
    expect(read(`# Netscape HTTP Cookie File\n#HttpOnly_example.org\tFALSE\t/\tTRUE\t1700000000\tsessionid\t${SIGNED}`)).toEqual([
      ['sessionid', SIGNED],
    ]);
    expect(read(`sessionid: ${KEY}`)).toEqual([['sessionid', KEY]]);
  });

  test('exported JSON: extensions, Playwright, HAR, names and values', () => {
    const cookie = { name: 'sessionid', value: SIGNED, domain: 'example.org', path: '/' };
    const har = {
      log: {
        entries: [{ request: { headers: [{ name: 'Accept', value: '*/*' }], cookies: [cookie] } }, { response: { cookies: [cookie] } }],
      },
    };
    for (const json of [[cookie], { cookies: [cookie], origins: [] }, har, { sessionid: SIGNED }]) {
      expect(read(JSON.stringify(json, null, 2))).toEqual([['sessionid', SIGNED]]);
    }
  });

  test('the JSON of a session is a value, no table of cookies', () => {
    const json = '{"_auth_user_id":"1","theme":"dark"}';
    expect(read(json)).toEqual([[null, json]]);
  });
});

describe('hostile pastes end soon', () => {
  const MEGABYTE = 1024 * 1024;
  test.each([
    ['quotes', `curl ${'"\\'.repeat(MEGABYTE / 2)}`],
    ['dollars', `curl ${"$'\\'".repeat(MEGABYTE / 4)}`],
    ['header', `Cookie: ${'a="\\"'.repeat(MEGABYTE / 5)}`],
    ['equals', '='.repeat(MEGABYTE)],
    ['tabs', '\t'.repeat(MEGABYTE)],
    ['lines', ':a:b\n'.repeat(MEGABYTE / 5)],
    ['colons', ':a'.repeat(MEGABYTE / 2)],
    ['brackets', '['.repeat(MEGABYTE)],
    ['percent', '%2'.repeat(MEGABYTE / 2)],
  ])(
    '%s',
    (_, text) => {
      expect(readPaste(text).length).toBeLessThanOrEqual(200);
    },
    2000,
  );
});
