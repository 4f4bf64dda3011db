import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSecrets } from '../../../src/main/secret-store.ts';
import { freshFolder } from './folder.ts';
import { keychain, noKeychain } from './keychain.ts';

const now = () => Date.UTC(2026, 0, 2);

describe('with a keychain', () => {
  test('secrets come back after a restart, and are nowhere in the file', async () => {
    const folder = await freshFolder();
    const sealer = keychain();
    const secrets = await openSecrets({ folder, sealer, now });
    await secrets.save('a', {
      SECRET_KEY: 'marker-key',
      SECRET_KEY_FALLBACKS: ['marker-old', 'marker-older'],
      DATABASE_PASSWORD: 'marker-pw',
    });
    const again = await openSecrets({ folder, sealer, now });
    expect(again.stored('a')).toEqual({ SECRET_KEY: 1, SECRET_KEY_FALLBACKS: 2, DATABASE_PASSWORD: 1 });
    expect(await again.open('a')).toEqual({
      SECRET_KEY: 'marker-key',
      SECRET_KEY_FALLBACKS: ['marker-old', 'marker-older'],
      DATABASE_PASSWORD: 'marker-pw',
    });
    const text = await readFile(join(folder, 'secrets.json'), 'utf8');
    expect(text).not.toContain('marker');
    expect(text).not.toContain(Buffer.from('marker').toString('base64').slice(0, 7));
    expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600);
  });

  test('an absent field keeps, a text replaces, null and nothing remove', async () => {
    const folder = await freshFolder();
    const secrets = await openSecrets({ folder, sealer: keychain(), now });
    await secrets.save('a', { SECRET_KEY: 'one', DATABASE_PASSWORD: 'two', CACHE_PASSWORD: 'three', SECRET_KEY_FALLBACKS: ['four'] });
    await secrets.save('a', { SECRET_KEY: 'new', DATABASE_PASSWORD: null, SECRET_KEY_FALLBACKS: [] });
    expect(await secrets.open('a')).toEqual({ SECRET_KEY: 'new', CACHE_PASSWORD: 'three' });
    await secrets.copy('a', 'b');
    await secrets.remove('a');
    expect(await secrets.open('a')).toEqual({});
    expect(await secrets.open('b')).toEqual({ SECRET_KEY: 'new', CACHE_PASSWORD: 'three' });
  });

  test('another keychain cannot open them: the name is told, and entering it again mends it', async () => {
    const folder = await freshFolder();
    await (await openSecrets({ folder, sealer: keychain(), now })).save('a', { SECRET_KEY: 'one' });
    const moved = await openSecrets({ folder, sealer: keychain(), now });
    expect(moved.stored('a')).toEqual({ SECRET_KEY: 1 });
    await expect(moved.open('a')).rejects.toMatchObject({ code: 'SecretMissing', hint: 'Enter SECRET_KEY again in the profile.' });
    await moved.save('a', { SECRET_KEY: 'again' });
    expect(await moved.open('a')).toEqual({ SECRET_KEY: 'again' });
  });

  test('a damaged file is set aside', async () => {
    const folder = await freshFolder();
    await writeFile(join(folder, 'secrets.json'), '{"schema": 1, "secrets": {"a": {"SECRET_KEY": "plain"}}}');
    const secrets = await openSecrets({ folder, sealer: keychain(), now });
    expect(secrets.notices).toHaveLength(1);
    expect(secrets.stored('a')).toEqual({});
    expect(await readdir(folder)).toEqual(['secrets.json.unreadable-2026-01-02T00-00-00.000Z']);
  });
});

describe('without a keychain', () => {
  test('secrets live in memory and no file is written', async () => {
    const folder = await freshFolder();
    const secrets = await openSecrets({ folder, sealer: noKeychain, now });
    await secrets.save('a', { SECRET_KEY: 'one' });
    expect(await secrets.open('a')).toEqual({ SECRET_KEY: 'one' });
    expect(await readdir(folder)).toEqual([]);
    expect((await openSecrets({ folder, sealer: noKeychain, now })).stored('a')).toEqual({});
  });

  test('what a keychain sealed before stays sealed until it is replaced', async () => {
    const folder = await freshFolder();
    const sealer = keychain();
    await (await openSecrets({ folder, sealer, now })).save('a', { SECRET_KEY: 'one', DATABASE_PASSWORD: 'two' });
    const secrets = await openSecrets({ folder, sealer: noKeychain, now });
    await expect(secrets.open('a')).rejects.toMatchObject({ code: 'SecretMissing' });
    await secrets.save('a', { SECRET_KEY: 'typed', DATABASE_PASSWORD: 'typed too' });
    expect(await secrets.open('a')).toEqual({ SECRET_KEY: 'typed', DATABASE_PASSWORD: 'typed too' });
    expect(await readFile(join(folder, 'secrets.json'), 'utf8')).not.toContain('typed');
    expect((await openSecrets({ folder, sealer, now })).stored('a')).toEqual({});
  });
});
