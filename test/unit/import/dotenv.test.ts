import { expect, test } from 'vitest';
import { parseDotenv } from '../../../src/main/import/dotenv.ts';
import { importProfile } from '../../../src/main/import/importer.ts';
import { filesOf, signal, unreadable } from './read-settings.ts';

const values = (text: string) => Object.fromEntries([...parseDotenv(text)].map(([name, { value }]) => [name, value]));

test('the dialect that its readers share', () => {
  expect(
    values(`\uFEFF# comment
A=plain
export B = with space   # and a comment
C="double \\"quoted\\" # no comment\\nsecond line" # comment
D='single \\n $A \${A}'
E=
F="several
lines"
G=a#b
H: yaml
I="\${A}/\${B}/\${NOWHERE:-default}/\${NOWHERE}"
not a variable
1=2
A=last
`),
  ).toEqual({
    A: 'last',
    B: 'with space',
    C: 'double "quoted" # no comment\nsecond line',
    D: `single \\n $A \${A}`,
    E: '',
    F: 'several\nlines',
    G: 'a#b',
    H: 'yaml',
    I: 'plain/with space/default/',
  });
  expect(parseDotenv('A=1\r\n\r\nB="x\r\ny"\r\nC=2\r\n').get('C')).toEqual({ value: '2', line: 5 });
});

test('hostile files end within their bounds', () => {
  const doubling = Array.from({ length: 60 }, (_, index) => `V${index + 1}="\${V${index}}\${V${index}}"`).join('\n');
  for (const { value } of parseDotenv(`V0=xx\n${doubling}`).values()) expect(value.length).toBeLessThanOrEqual(65_536);
  expect(() => parseDotenv(Array.from({ length: 3000 }, (_, index) => `A${index}=1`).join('\n'))).toThrow(
    expect.objectContaining({ code: 'LimitExceeded' }),
  );
  for (const text of [
    `A="${'\\'.repeat(500_000)}`,
    `${'A="'.repeat(200_000)}`,
    `A=${'${'.repeat(200_000)}`,
    '\0'.repeat(1_000_000),
    `A='${'x'.repeat(1_000_000)}'`,
  ]) {
    expect(parseDotenv(text).size).toBeLessThan(2);
  }
});

const read = (text: string) => importProfile({ from: 'env', path: '/site/.env' }, filesOf({ '.env': text }), signal);

test('a file fills in a profile', async () => {
  const { profile, secrets, findings } = await read(`DJANGO_SECRET_KEY=k
SECRET_KEY_FALLBACKS=a,b
DATABASE_URL=postgres://shop:secret@db/shop
REDIS_URL=redis://:other@cache:6379/1
SESSION_ENGINE=django.contrib.sessions.backends.cached_db
SESSION_COOKIE_AGE=3600
SESSION_COOKIE_SECURE=True
TIME_ZONE=Europe/Berlin
`);
  expect(profile).toEqual({
    SESSION_ENGINE: 'cached_db',
    SESSION_COOKIE_SECURE: true,
    TIME_ZONE: 'Europe/Berlin',
    SESSION_COOKIE_AGE: 3600,
    DATABASES: { ENGINE: 'postgresql', NAME: 'shop', USER: 'shop', HOST: 'db' },
    CACHES: { BACKEND: 'RedisCache', LOCATION: ['redis://cache:6379/1'] },
  });
  expect(secrets).toEqual({ SECRET_KEY: 'k', SECRET_KEY_FALLBACKS: ['a', 'b'], DATABASE_PASSWORD: 'secret', CACHE_PASSWORD: 'other' });
  expect(findings.find(({ setting }) => setting === 'SECRET_KEY')).toEqual({
    setting: 'SECRET_KEY',
    state: 'found',
    origin: '.env:1, DJANGO_SECRET_KEY',
  });
});

test('fields of a database one by one, a cache alone, and a URL that is none', async () => {
  expect(await read('POSTGRES_DB=shop\nPOSTGRES_USER=u\nPOSTGRES_PASSWORD=p\nDB_HOST=db\nDB_PORT=5433')).toMatchObject({
    profile: { DATABASES: { ENGINE: 'postgresql', NAME: 'shop', USER: 'u', HOST: 'db', PORT: 5433 } },
    secrets: { DATABASE_PASSWORD: 'p' },
  });
  expect((await read('MYSQL_DATABASE=shop\nMYSQL_HOST=db')).profile.DATABASES).toMatchObject({ ENGINE: 'mysql', NAME: 'shop', HOST: 'db' });
  expect((await read('REDIS_URL=redis://cache/1')).profile.SESSION_ENGINE).toBe('cache');
  expect(unreadable(await read('SECRET_KEY=k\nDATABASE_URL=oracle://u:secret@h/n'))['DATABASE_URL']).toMatch(/oracle cannot be opened/);
  await expect(read('PATH=/bin\n')).rejects.toMatchObject({ code: 'DoesNotExist' });
  await expect(importProfile({ from: 'env', path: '/site/none' }, filesOf({}), signal)).rejects.toMatchObject({ code: 'MissingFile' });
});
