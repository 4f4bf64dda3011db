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
    expect(readPaste(encodeURIComponent(encodeURIComponent(SIGNED)))[0]?.values).toContain(SIGNED);
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
    `accept:\n*/*\ncookie:\n${content}\nhost:\nexample.org`,
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
    `curl "https://example.org/" ^\r\n  -H "Cookie: sessionid=${SIGNED}" ^\r\n  --compressed`,
    `curl ^"https://example.org/^" ^\r\n  -b ^"sessionid=${SIGNED.replaceAll(':', '^%^3A')}^"`,
    `curl 'https://example.org/' \\\n-X 'GET' \\\n-H 'Cookie: sessionid=${SIGNED}'`,
    `$ /usr/bin/curl -bsessionid=${SIGNED} https://example.org`,
    `curl -H'Cookie: sessionid=${SIGNED}' https://example.org`,
    `wget --header='Cookie: sessionid=${SIGNED}' https://example.org`,
    `http https://example.org 'Cookie:sessionid=${SIGNED}'`,
    `fetch("https://example.org/", {\n  "headers": { "cookie": "sessionid=${SIGNED}" }\n});`,
    `$session.Cookies.Add((New-Object System.Net.Cookie("sessionid", "${SIGNED}", "/", "example.org")))\nInvoke-WebRequest -UseBasicParsing`,
    `Invoke-WebRequest -Uri "https://example.org" -Headers @{\n  "method"="GET"\n  "cookie"="sessionid=${SIGNED}"\n}`,
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
    expect(read(`example.org FALSE / FALSE 0 sessionid ${SIGNED}`)).toEqual([['sessionid', SIGNED]]);
    expect(read(`sessionid: ${KEY}`)).toEqual([['sessionid', KEY]]);
    expect(read(`sessionid:"${SIGNED}"`)).toEqual([['sessionid', SIGNED]]);
  });

  test('exported JSON: extensions, Playwright, HAR, names and values', () => {
    const cookie = { name: 'sessionid', value: SIGNED, domain: 'example.org', path: '/' };
    const har = {
      log: {
        entries: [{ request: { headers: [{ name: 'Accept', value: '*/*' }], cookies: [cookie] } }, { response: { cookies: [cookie] } }],
      },
    };
    const headers = { request: { headers: [{ name: 'cookie', value: `sessionid=${SIGNED}` }], cookies: [] } };
    const response = { headers: [{ name: 'Set-Cookie', value: `sessionid=${SIGNED}; Path=/; HttpOnly` }] };
    const plain = { sessionid: SIGNED };
    const named = { Host: 'example.org', Cookie: `sessionid=${SIGNED}` };
    for (const json of [[cookie], { cookies: [cookie], origins: [] }, har, headers, response, plain, named]) {
      expect(read(JSON.stringify(json, null, 2))).toEqual([['sessionid', SIGNED]]);
    }
  });

  test('the JSON of a session is a value, no table of cookies', () => {
    const json = '{"_auth_user_id":"1","theme":"dark"}';
    expect(read(json)).toEqual([[null, json]]);
  });
});

describe('values inside of other text', () => {
  test.each([
    [` ${KEY} | ${SIGNED} | 2026-01-01 00:00:00+00`, [[null, KEY] as const, [null, SIGNED] as const]],
    [`${KEY}|${SIGNED}|2026-01-01 00:00:00`, [[null, KEY] as const, [null, SIGNED] as const]],
    [`{'sessionid': '${SIGNED}', 'csrftoken': 'abc'}`, [['sessionid', SIGNED] as const]],
    [`<Cookie sessionid=${SIGNED} for example.org/>`, [['sessionid', SIGNED] as const]],
    ['https://example.org/reset/Mw/digxgi-6bf7c382690cd795b2774797480fb39f/', [[null, 'digxgi-6bf7c382690cd795b2774797480fb39f'] as const]],
    [`<input type="hidden" name="csrfmiddlewaretoken" value="${'aB1'.repeat(21)}c">`, [[null, `${'aB1'.repeat(21)}c`] as const]],
    [`"GET / HTTP/1.1" 200 cookie="sessionid=${SIGNED}"`, [['sessionid', SIGNED] as const]],
  ])('%s', (text, values) => {
    expect(read(text)).toEqual(values);
  });

  test('text in the clear that was signed is one value, spaces and all', () => {
    const value = 'all my words:1r31eq:xMGZfzsw_v8UiKLMZOXNfniSwgSpsxDMuLgXxqOlIiY';
    expect(read(value)).toEqual([[null, value]]);
  });

  test('a digest is no session key', () => {
    const text = 'md5 d41d8cd98f00b204e9800998ecf8427e of nothing';
    expect(read(text)).toEqual([[null, text]]);
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
    ['runs', `${'a'.repeat(MEGABYTE)} ${'a:'.repeat(MEGABYTE / 2)} b`],
    ['options', `curl ${'-H '.repeat(MEGABYTE / 3)}`],
    ['headers', `[${'{"name":"cookie","value":"a=b"},'.repeat(MEGABYTE / 31)}{}]`],
  ])(
    '%s',
    (_, text) => {
      expect(readPaste(text).length).toBeLessThanOrEqual(200);
    },
    2000,
  );
});
