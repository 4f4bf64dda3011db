import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DISK } from '../../src/main/import/files.ts';
import { type ImportResult, importProfile } from '../../src/main/import/importer.ts';
import { askPython } from '../../src/main/import/python-run.ts';
import { Profile } from '../../src/preload/profile.ts';

/** Projects made by `django-admin startproject` of the installed Django, read as they stand and asked through their own Python. */

const PYTHON = '/usr/bin/python3';
const never = new AbortController().signal;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspector-project-'));
  execFileSync(PYTHON, ['-m', 'django', 'startproject', 'shop', folder]);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const settings = (text: string) => appendFile(join(folder, 'shop/settings.py'), `\n${text}\n`);
const ask = (signal = never): Promise<ImportResult> =>
  importProfile({ from: 'python', path: folder, settings_module: 'shop.settings', python: PYTHON }, DISK, signal);
const read = (): Promise<ImportResult> => importProfile({ from: 'project', path: folder, settings_module: null }, DISK, never);
const run = (time?: number, signal = never) => askPython({ python: PYTHON, folder, settings_module: 'shop.settings' }, signal, time);
const parsed = ({ profile }: ImportResult) => Profile.parse({ ...profile, id: 'x', name: 'x' });

/** Everything in a folder, so that nothing can be left behind unseen. */
async function contents(): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

test('what Python says is what was read without it, and nothing is left behind', async () => {
  await settings(`SESSION_COOKIE_AGE = 60 * 60
SESSION_COOKIE_SAMESITE = None
SESSION_ENGINE = 'django.contrib.sessions.backends.cached_db'
CACHES = {'default': {'BACKEND': 'django_redis.cache.RedisCache', 'LOCATION': 'redis://:secret@127.0.0.1:6379/4', 'KEY_PREFIX': 'shop'}}`);
  const before = await contents();
  const [static_, asked] = [await read(), await ask()];
  expect(parsed(asked)).toEqual(parsed(static_));
  expect(parsed(asked)).toMatchObject({
    DJANGO_VERSION: '3.2',
    SESSION_ENGINE: 'cached_db',
    SESSION_COOKIE_AGE: 3600,
    SESSION_COOKIE_SAMESITE: null,
    USE_TZ: true,
    TIME_ZONE: 'UTC',
    DATABASES: { ENGINE: 'sqlite3', NAME: join(folder, 'db.sqlite3') },
    CACHES: { BACKEND: 'django_redis', LOCATION: ['redis://127.0.0.1:6379/4'], KEY_PREFIX: 'shop' },
  });
  expect(asked.secrets).toEqual(static_.secrets);
  const key = /SECRET_KEY = '(.*)'/.exec(await readFile(join(folder, 'shop/settings.py'), 'utf8'))?.[1];
  expect(asked.secrets).toEqual({ SECRET_KEY: key, CACHE_PASSWORD: 'secret' });
  expect(JSON.stringify([asked.findings, asked.profile])).not.toContain('secret@');
  expect(asked.findings.filter(({ state }) => state === 'unreadable')).toEqual([]);
  expect(await contents()).toEqual(before);
});

test('what only running tells: values made at run time, models and engines of the site', async () => {
  await mkdir(join(folder, 'people'));
  await writeFile(join(folder, 'people/__init__.py'), '');
  await writeFile(
    join(folder, 'people/models.py'),
    `from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
class Person(AbstractBaseUser):
    login = models.CharField(max_length=50, unique=True, db_column='login_name')
    mail = models.EmailField()
    USERNAME_FIELD = 'login'
    EMAIL_FIELD = 'mail'
    class Meta:
        db_table = 'the_people'
class Visit(AbstractBaseSession):
    user_id = models.IntegerField(null=True)
    class Meta:
        db_table = 'visits'
    @classmethod
    def get_session_store_class(cls):
        from people.sessions import SessionStore
        return SessionStore
`,
  );
  await writeFile(
    join(folder, 'people/sessions.py'),
    `from django.contrib.sessions.backends.cached_db import SessionStore as Base
class SessionStore(Base):
    cache_key_prefix = 'visits.'
    @classmethod
    def get_model_class(cls):
        from people.models import Visit
        return Visit
`,
  );
  await settings(`import datetime
INSTALLED_APPS += ['people']
AUTH_USER_MODEL = 'people.Person'
SESSION_ENGINE = '.'.join(['people', 'sessions'])
SESSION_COOKIE_NAME = 'sid%d' % 7
SECRET_KEY = b'by\\xc3\\xa9tes'`);
  const { profile, secrets, findings } = await ask();
  expect(findings.filter(({ state }) => state === 'unreadable')).toEqual([
    expect.objectContaining({ setting: "CACHES['default']['BACKEND']" }),
  ]);
  expect(profile).toMatchObject({
    SESSION_ENGINE: 'cached_db',
    session_table: 'visits',
    cache_key_prefix: 'visits.',
    SESSION_COOKIE_NAME: 'sid7',
    user_table: { table: 'the_people', id: 'id', username: 'login_name', email: 'mail', password: 'password', is_active: '' },
  });
  expect(secrets.SECRET_KEY).toBe('byétes');
  expect((await read()).findings).toContainEqual(expect.objectContaining({ setting: 'SESSION_COOKIE_NAME', state: 'unreadable' }));
});

test('apps that do not load leave the settings', async () => {
  await settings("INSTALLED_APPS += ['nowhere']");
  const { profile, findings } = await ask();
  expect(profile.DATABASES?.NAME).toBe(join(folder, 'db.sqlite3'));
  expect(findings).toContainEqual(
    expect.objectContaining({ state: 'unreadable', note: expect.stringContaining("No module named 'nowhere'") }),
  );
});

describe('code that is run does no harm to the app', () => {
  test('its errors are told, without the passwords of URLs', async () => {
    await settings("raise ValueError('cannot read postgres://shop:hunter2@db/shop')");
    const error = await ask().catch((thrown: Error & { hint?: string }) => thrown);
    expect(error).toMatchObject({ code: 'ImproperlyConfigured', message: expect.stringContaining('cannot read postgres://') });
    expect(JSON.stringify([error, String((error as Error).message)])).not.toContain('hunter2');
    const missing = importProfile({ from: 'python', path: folder, settings_module: 'shop.nowhere', python: PYTHON }, DISK, never);
    await expect(missing).rejects.toMatchObject({ code: 'ImproperlyConfigured', message: expect.stringContaining('shop.nowhere') });
  });

  test('its output, threads and children do not hold the answer up', async () => {
    await settings(`import os, subprocess, sys, threading, time
print('{"settings": "noise"}')
sys.stdout.write('x' * 100000)
os.write(1, b'more noise')
threading.Thread(target=time.sleep, args=(60,)).start()
subprocess.Popen(['sleep', '60'], start_new_session=True)`);
    const started = performance.now();
    expect((await run()).settings['USE_TZ']).toBe(true);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test('it ends with the time, with a cancel, and when it says too much', async () => {
    await settings(
      "import os\nif os.path.exists('wait'):\n    import time\n    open('pid', 'w').write(str(os.getpid()))\n    time.sleep(600)",
    );
    await writeFile(join(folder, 'wait'), '');
    await expect(run(1500)).rejects.toMatchObject({ code: 'Timeout' });
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    await expect(run(20_000, controller.signal)).rejects.toMatchObject({ code: 'Canceled' });
    await rm(join(folder, 'wait'));
    await settings("SESSION_COOKIE_NAME = 'x' * 5_000_000");
    await expect(run()).rejects.toMatchObject({ code: 'LimitExceeded' });
  });

  test('it sees nothing of what the app was started with', async () => {
    process.env['INSPECTOR_MARKER'] = 'leaked';
    await settings(
      "import os\nSESSION_COOKIE_NAME = os.environ.get('INSPECTOR_MARKER', 'clean')\nTIME_ZONE = os.environ['DJANGO_SETTINGS_MODULE'] and 'UTC'",
    );
    const { settings: told } = await run().finally(() => delete process.env['INSPECTOR_MARKER']);
    expect(told['SESSION_COOKIE_NAME']).toBe('clean');
  });

  test('an interpreter that is none, or has no Django', async () => {
    await expect(askPython({ python: '/nowhere/python', folder, settings_module: 'shop.settings' }, never)).rejects.toMatchObject({
      code: 'MissingFile',
    });
    await expect(askPython({ python: '/bin/true', folder, settings_module: 'shop.settings' }, never)).rejects.toMatchObject({
      code: 'ImproperlyConfigured',
    });
    execFileSync(PYTHON, ['-m', 'venv', '--without-pip', join(folder, '.venv')]);
    const bare = importProfile({ from: 'python', path: folder, settings_module: 'shop.settings', python: null }, DISK, never);
    await expect(bare).rejects.toMatchObject({ code: 'ImproperlyConfigured', hint: expect.stringContaining('has no Django') });
    expect((await read()).project?.python).toBe(join('.venv', 'bin', 'python'));
  });
});
