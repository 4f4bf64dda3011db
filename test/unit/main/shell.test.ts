import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assetOf, contentSecurityPolicy, securityHeaders } from '../../../src/main/assets.ts';
import { languageOf, menuStrings } from '../../../src/main/i18n/menu-strings.ts';
import { placeOf, withoutCredentials } from '../../../src/main/place.ts';
import { redact, redactText } from '../../../src/main/redact.ts';
import { developmentOriginOf, isOwnUrl, isTrustedSender, mayLoad } from '../../../src/main/sender.ts';
import { networkSwitches } from '../../../src/main/switches.ts';
import { boundsToOpen } from '../../../src/main/window-bounds.ts';
import { Profile } from '../../../src/preload/api.ts';

const VITE = 'http://localhost:5173';

describe('who may call', () => {
  test.each([
    ['app://inspector/index.html', null, true],
    ['app://inspector/', null, true],
    ['app://inspector/index.html#/x?y', null, true],
    ['app://inspector.example/index.html', null, false],
    ['app://inspector:80/index.html', null, false],
    ['app://user@inspector/index.html', null, false],
    ['app://inspector@example.org/', null, false],
    ['app:inspector/index.html', null, false],
    ['apps://inspector/', null, false],
    ['https://example.org/?app://inspector/', null, false],
    ['https://inspector/', null, false],
    ['file:///app://inspector/index.html', null, false],
    ['data:text/html,app://inspector', null, false],
    ['about:blank', null, false],
    ['', null, false],
    ['not a URL', null, false],
    [`${VITE}/index.html`, null, false],
    [`${VITE}/index.html`, VITE, true],
    ['http://localhost:5174/', VITE, false],
    ['http://localhost:5173.example.org/', VITE, false],
    ['https://localhost:5173/', VITE, false],
  ])('%s with the development origin %s: %s', (url, development, trusted) => {
    expect(isOwnUrl(url, development)).toBe(trusted);
    expect(isTrustedSender({ url, isMainFrame: true }, development)).toBe(trusted);
    expect(isTrustedSender({ url, isMainFrame: false }, development)).toBe(false);
  });

  test('a frame that is gone may not', () => {
    expect(isTrustedSender(null, VITE)).toBe(false);
  });

  test.each([
    [false, `${VITE}/`, VITE],
    [false, undefined, null],
    [true, VITE, null],
    [false, 'http://example.org:5173/', null],
    [false, 'https://localhost:5173/', null],
    [false, 'nonsense', null],
  ])('packaged %s, Vite at %s: development origin %s', (packaged, url, origin) => {
    expect(developmentOriginOf(packaged, url)).toBe(origin);
  });
});

describe('what may be loaded', () => {
  test.each([
    ['app://inspector/assets/index.js', true, true],
    ['data:image/png;base64,AA==', true, true],
    [`${VITE}/main.tsx`, false, true],
    ['ws://localhost:5173/', false, true],
    ['devtools://devtools/bundled/inspector.html', false, true],
    ['ws://localhost:9999/', false, false],
    ['https://example.org/', false, false],
    ['http://169.254.169.254/', false, false],
    ['file:///etc/passwd', false, false],
    ['ftp://inspector/', false, false],
    ['blob:app://inspector/x', false, false],
    ['javascript:alert(1)', false, false],
  ])('%s: packaged %s, developing %s', (url, packaged, developing) => {
    expect(mayLoad(url, null)).toBe(packaged);
    expect(mayLoad(url, VITE)).toBe(developing);
  });
});

describe('app://', () => {
  const root = join('/srv', 'app', 'renderer');
  test.each([
    ['app://inspector/index.html', 'index.html', 'text/html; charset=utf-8'],
    ['app://inspector/assets/index-D3_x.js?v=1#x', 'assets/index-D3_x.js', 'text/javascript; charset=utf-8'],
    ['app://inspector/assets/a.css', 'assets/a.css', 'text/css; charset=utf-8'],
    ['app://inspector/assets/font.woff2', 'assets/font.woff2', 'font/woff2'],
    // The URL itself forgets these dots, so they lead nowhere.
    ['app://inspector/../../index.html', 'index.html', 'text/html; charset=utf-8'],
  ])('serves %s', (url, path, type) => {
    expect(assetOf(root, url)).toEqual({ path: join(root, path), type });
  });

  test.each([
    'app://inspector/',
    'app://inspector',
    'app://other/index.html',
    'app://inspector:1/index.html',
    'app://inspector/..%2f..%2fsecrets.json',
    'app://inspector/%2e%2e%2f%2e%2e%2fsecrets.json',
    'app://inspector/..%5c..%5csecrets.json',
    'app://inspector/a/%2e%2e/%2e%2e%2fb.json',
    'app://inspector/..%2frenderer-evil/x.js',
    'app://inspector//etc/passwd',
    'app://inspector/%2fetc/passwd.json%00.html',
    'app://inspector/index.html%00.js',
    'app://inspector/C:%5cx.js',
    'app://inspector/c%3a/x.js',
    'app://inspector/%E0%A4%A.js',
    'app://inspector/index',
    'app://inspector/x.node',
    'app://inspector/x.map',
    'file:///etc/passwd',
    'nonsense',
  ])('has nothing at %s', (url) => {
    const asset = assetOf(root, url);
    expect(asset).toBeNull();
  });

  test('never leaves its folder, whatever is put into a path', () => {
    const parts = ['..', '.', '%2e%2e', '..%2f', '%2f', '/', 'a', 'x.js', '..%5c', '%252e%252e', '....//', '%00'];
    for (const a of parts)
      for (const b of parts)
        for (const c of parts)
          for (const d of parts) {
            const asset = assetOf(root, `app://inspector/${a}/${b}${c}/${d}`);
            if (asset !== null) expect(asset.path.startsWith(`${root}/`)).toBe(true);
          }
  });

  test('has a policy without exceptions', () => {
    const policy = contentSecurityPolicy(null);
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(securityHeaders(null)['X-Content-Type-Options']).toBe('nosniff');
    expect(contentSecurityPolicy(VITE)).toContain(`connect-src 'self' ${VITE} ws://localhost:5173`);
  });
});

describe('the log', () => {
  test.each([
    ['redis://user:hunter2@host:6379/0 refused', 'hunter2'],
    ['postgresql://:p%40ss@db/site', 'p%40ss'],
    ["SECRET_KEY='django-insecure-x'", 'insecure'],
    ['{"DATABASE_PASSWORD": "hunter2"}', 'hunter2'],
    ['sessionid=nfpkrxbl6rqhcuprvve673qfrn6edbmw; path=/', 'nfpkr'],
    ['no session nfpkrxbl6rqhcuprvve673qfrn6edbmw there', 'nfpkr'],
    ['eyJpbnZpdGUiOiJhbm5hQGV4YW1wbGUub3JnIn0:1xMlH6:m_05etER-6CGzG-4SwvINKwcVkhOyRLPUDzbgApx-q0', '1xMlH6'],
  ])('loses the secret of %s', (text, secret) => {
    expect(redactText(text)).not.toContain(secret);
    expect(JSON.stringify(redact(['x', { nested: [text] }]))).not.toContain(secret);
  });

  test('loses fields by their names, bytes, and what is too deep', () => {
    expect(redact({ SECRET_KEY: ['a'], session_key: 'a', payload: 'b', count: 3, bytes: new Uint8Array(2) })).toEqual({
      SECRET_KEY: '[redacted]',
      session_key: '[redacted]',
      payload: '[redacted]',
      count: 3,
      bytes: '[redacted]',
    });
    expect(JSON.stringify(redact([[[[[[['deep']]]]]]]))).not.toContain('deep');
  });

  test('keeps what helps: paths, places in the source, names of errors', () => {
    expect(redactText('at /home/anna/projects/shop/node_modules/pg/lib/connection.js:12:3')).toContain(
      'node_modules/pg/lib/connection.js:12:3',
    );
    const error = redact(new RangeError('sessions of redis://u:pw@h'));
    expect(error).toContain('RangeError: sessions of redis://[redacted]@h');
    expect(error).toContain('shell.test.ts');
  });
});

describe('the place of a profile', () => {
  const place = (settings: object) => placeOf(Profile.parse({ id: 'a', name: 'A', ...settings }));
  test.each([
    [{ DATABASES: { NAME: '/srv/db.sqlite3' } }, 'sqlite3:/srv/db.sqlite3 django_session'],
    [
      { DATABASES: { ENGINE: 'postgresql', HOST: 'db', PORT: 5433, NAME: 'shop', USER: 'u', SCHEMA: 's' }, session_table: 't' },
      'postgresql://db:5433/shop s.t',
    ],
    [{ SESSION_ENGINE: 'file', SESSION_FILE_PATH: '/tmp' }, 'file:/tmp/sessionid*'],
    [
      { SESSION_ENGINE: 'cache', CACHES: { LOCATION: ['redis://u:p@h:6379/1', 'unix:/run/r.sock'], DB: 2, KEY_PREFIX: 'x' } },
      'RedisCache:redis://h:6379/1, unix:/run/r.sock db 2 x:1',
    ],
    [{ SESSION_ENGINE: 'signed_cookies' }, 'signed_cookies'],
  ])('%j', (settings, expected) => {
    expect(place(settings)).toBe(expected);
  });

  test.each([
    ['redis://:hunter2@host/0', 'redis://host/0'],
    ['redis://host/0?password=hunter2', 'redis://host/0'],
    ['redis://user:hun@ter2@host', 'redis://host'],
    ['redis://user:hun?ter2@host', 'redis://…'],
    ['redis://host?password=hun@ter2', 'redis://…'],
    ['127.0.0.1:11211', '127.0.0.1:11211'],
    ['', ''],
  ])('%s without credentials is %s', (location, expected) => {
    expect(withoutCredentials(location)).toBe(expected);
  });
});

describe('the window', () => {
  const screen = { x: 0, y: 0, width: 1920, height: 1040 };
  const state = { x: 100, y: 50, width: 1400, height: 900, maximized: false };
  test.each([
    ['at first', null, [screen], { width: 1280, height: 800 }],
    ['on a small screen', null, [{ ...screen, width: 1024, height: 700 }], { width: 1024, height: 700 }],
    ['where it was', state, [screen], { x: 100, y: 50, width: 1400, height: 900 }],
    ['where a screen has gone', { ...state, x: 3000 }, [screen], { width: 1280, height: 800 }],
    ['on a second screen', { ...state, x: 2000 }, [screen, { ...screen, x: 1920 }], { x: 2000, y: 50, width: 1400, height: 900 }],
    ['above every screen', { ...state, y: -500 }, [screen], { width: 1280, height: 800 }],
    ['larger than its screen now', state, [{ ...screen, width: 1200, height: 700 }], { x: 100, y: 50, width: 1200, height: 700 }],
    ['with a sliver left', { ...state, x: 1900 }, [screen], { width: 1280, height: 800 }],
  ])('opens %s', (_, remembered, areas, bounds) => {
    expect(boundsToOpen(remembered, areas)).toEqual(bounds);
  });
});

describe('the menu', () => {
  test.each([
    ['system', ['zh-CN', 'en-US'], 'zh-Hans'],
    ['system', ['zh-Hant-TW', 'zh-CN'], 'zh-Hans'],
    ['system', ['zh-TW'], 'en'],
    ['system', ['de-DE', 'zh-Hans'], 'zh-Hans'],
    ['system', ['de-DE', 'en-GB', 'zh-CN'], 'en'],
    ['system', [], 'en'],
    ['zh-Hans', ['en'], 'zh-Hans'],
    ['en', ['zh'], 'en'],
  ] as const)('setting %s, system %j: %s', (setting, languages, expected) => {
    expect(languageOf(setting, languages)).toBe(expected);
  });

  test('says everything in both languages', () => {
    const [english, chinese] = [menuStrings('en'), menuStrings('zh-Hans')];
    expect(Object.keys(chinese)).toEqual(Object.keys(english));
    for (const [name, text] of Object.entries(chinese)) expect(text === '', name).toBe(false);
  });
});

test('no host is resolved but the development server’s', () => {
  expect(networkSwitches(false)).toContainEqual(['host-resolver-rules', 'MAP * ~NOTFOUND']);
  expect(networkSwitches(true)).toContainEqual(['host-resolver-rules', 'MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1']);
});
