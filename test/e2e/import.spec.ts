import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dialog, expect, test } from './app.ts';
import { sessionGrid } from './steps.ts';

/** A profile from a real startproject folder, tested layer by layer and opened; the system's dialog is the one thing that is answered for the person. */

const PYTHON = '/usr/bin/python3';

function startProject(folder: string): string {
  const project = join(folder, 'site');
  mkdirSync(project);
  execFileSync(PYTHON, ['-m', 'django', 'startproject', 'shop', project]);
  execFileSync(PYTHON, ['manage.py', 'migrate', '--verbosity', '0'], { cwd: project });
  const login = "from django.contrib.sessions.backends.db import SessionStore as S; s = S(); s['cart'] = 'full'; s.save()";
  execFileSync(PYTHON, ['manage.py', 'shell', '-c', login], { cwd: project });
  return project;
}

test('a project fills the form in, its Python agrees, the test names a failing layer, and the sessions open', async ({
  launch,
  electron,
  folder,
  data,
}) => {
  const project = startProject(folder);
  const page = await launch();
  await electron().evaluate(({ dialog: system }, path) => {
    system.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, project);

  await page.getByRole('main').getByRole('button', { name: 'From a Django project…' }).click();
  const form = dialog(page, 'New profile');
  const file = form.getByRole('textbox', { name: 'NAME', exact: true });
  await expect(file).toHaveValue(join(project, 'db.sqlite3'));
  await expect(form.getByRole('textbox', { name: 'Django version' })).toHaveValue('3.2');
  await expect(form.getByText('1 secret found', { exact: false })).toBeVisible();
  await expect(form.getByRole('textbox', { name: 'SECRET_KEY', exact: true })).toHaveValue('');

  await form.getByRole('button', { name: 'Ask the project’s Python…' }).click();
  const asked = dialog(page, 'Run the project’s code?');
  await expect(asked.getByText('their code runs on this computer', { exact: false })).toBeVisible();
  await asked.getByRole('button', { name: 'Run it' }).click();
  await expect(asked).toBeHidden();
  await expect(form.getByText('Reading…')).toBeHidden({ timeout: 30_000 });
  await expect(file).toHaveValue(join(project, 'db.sqlite3'));

  const verdict = form.getByRole('region', { name: 'Test of the connection' });
  await file.fill(join(project, 'nowhere.sqlite3'));
  await form.getByRole('button', { name: 'Test the connection' }).click();
  await expect(verdict.getByText('It fails at: File.')).toBeVisible();
  await expect(verdict.getByText('There is no file', { exact: false })).toBeVisible();
  await file.fill(join(project, 'db.sqlite3'));
  await form.getByRole('button', { name: 'Test the connection' }).click();
  await expect(verdict.getByText('Every layer works.')).toBeVisible();
  await expect(verdict.getByText('1 of 1 signatures hold', { exact: false })).toBeVisible();

  await form.getByRole('textbox', { name: 'Name', exact: true }).fill('Shop');
  await form.getByRole('button', { name: 'Save and open' }).click();
  await expect(sessionGrid(page).getByRole('row').filter({ hasText: 'Live' })).toHaveCount(1);
  const key = /SECRET_KEY = '(.*)'/.exec(readFileSync(join(project, 'shop/settings.py'), 'utf8'))?.[1] ?? '';
  expect(readFileSync(join(data, 'profiles.json'), 'utf8')).not.toContain(key);
});
