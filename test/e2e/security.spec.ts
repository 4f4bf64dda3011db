import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from 'playwright/test';
import { expect, test } from './app.ts';
import { addProfile, ask, complaintsOf, newSite, openDemo, openProfile, openSession, sessionGrid, tryBridge } from './steps.ts';

/** The window as a hostile page would use it, and hostile data in the window. */

const HOME = 'app://inspector/index.html';
const HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script></style>';

test('refuses calls that are malformed, oversized or unknown', async ({ launch, electron }) => {
  const page = await launch();
  const list = { connection: 'x', query: { sort: 'session_key', direction: 'ascending', limit: 10 } };
  const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) as unknown;
  const calls: readonly (readonly [string, unknown, unknown])[] = [
    ['an unknown method', 'sessions.drop', {}],
    ['__proto__', '__proto__', {}],
    ['constructor', 'constructor', {}],
    ['toString', 'toString', {}],
    ['hasOwnProperty', 'hasOwnProperty', {}],
    ['no method', null, {}],
    ['a number', 42, {}],
    ['a list', ['app.info'], {}],
    ['no input', 'app.info', undefined],
    ['null', 'app.info', null],
    ['text', 'app.info', 'x'],
    ['a field too many', 'app.info', { extra: 1 }],
    ['a wrong type', 'sessions.list', { ...list, query: { ...list.query, limit: '10' } }],
    ['a limit of 0', 'sessions.list', { ...list, query: { ...list.query, limit: 0 } }],
    ['a limit too high', 'sessions.list', { ...list, query: { ...list.query, limit: 501 } }],
    ['not a number', 'sessions.list', { ...list, query: { ...list.query, limit: Number.NaN } }],
    ['an unknown choice', 'sessions.list', { ...list, query: { ...list.query, sort: 'session_data' } }],
    ['a path as profile', 'profiles.remove', { id: '../../etc/passwd' }],
    ['deep nesting', 'app.info', deep],
    ['a deep value', 'settings.set', { theme: deep }],
  ];
  for (const [name, method, input] of calls) {
    expect(await tryBridge(page, method, input), name).toMatchObject({ ok: false, error: { code: 'BadRequest' } });
  }
  const oversized = await page.evaluate(async () => {
    const send = (method: string, input: unknown, cancel?: string) => window.inspector.call(method as never, input as never, cancel);
    return [
      await send('clipboard.write', { text: 'x'.repeat(16 * 1024 * 1024 + 1) }),
      await send(
        'app.info',
        Array.from({ length: 2_000_001 }, () => 0),
      ),
      await send('app.info', { bytes: new Uint8Array(8) }),
      await send('app.info', new Map([['a', 1]])),
      await send('app.info', {}, 'x'.repeat(65)),
      await send('app.info', {}, ''),
    ];
  });
  await page.evaluate(() => window.inspector.call('settings.set', JSON.parse('{"__proto__": {"polluted": true}}')));
  for (const reply of oversized) expect(reply).toMatchObject({ ok: false, error: { code: 'BadRequest' } });
  // What cannot even be copied out of the page never leaves it.
  await expect(page.evaluate(() => window.inspector.call('app.info', { run: () => 1 } as never))).rejects.toThrow(/clone/);
  expect(await electron().evaluate(() => ({}) as Record<string, unknown>)).not.toHaveProperty('polluted');
  expect(await tryBridge(page, 'app.info', {})).toMatchObject({ ok: true });
});

test('gives the page nothing of Node or Electron, and a strict policy', async ({ launch }) => {
  const page = await launch();
  const found = await page.evaluate(() => ({
    globals: ['require', 'process', 'module', 'exports', 'Buffer', 'global', '__dirname', 'setImmediate', 'electron', 'ipcRenderer'].filter(
      (name) => name in window,
    ),
    bridge: Object.keys(window.inspector).toSorted(),
    replaced: (() => {
      try {
        (window as { inspector: unknown }).inspector = null;
      } catch {
        // refused loudly
      }
      return window.inspector === null;
    })(),
  }));
  expect(found).toEqual({ globals: [], bridge: ['call', 'cancel', 'on'], replaced: false });
  const headers = await page.evaluate(async (url) => Object.fromEntries((await fetch(url)).headers), HOME);
  const policy = headers['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("style-src 'self';");
  expect(policy).not.toMatch(/unsafe-|\*|https?:/);
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
});

test('runs no code but its own, and leads nowhere else', async ({ launch, electron }) => {
  const page = await launch();
  const complaints = await complaintsOf(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const refused = await page.evaluate(async () => {
    const fails = async (work: () => unknown) => {
      try {
        await work();
        return false;
      } catch {
        return true;
      }
    };
    const inline = document.createElement('script');
    inline.textContent = 'window.hacked = 3';
    document.body.append(inline);
    const link = document.createElement('a');
    link.href = 'javascript:window.hacked=4';
    document.body.append(link);
    link.click();
    const handler = document.createElement('div');
    handler.setAttribute('onclick', 'window.hacked=5');
    document.body.append(handler);
    handler.click();
    setTimeout('window.hacked=6' as never);
    return {
      // Later, since the debugger that runs this very test may evaluate what it likes.
      evaluation: await new Promise((resolve) => setTimeout(() => resolve(fails(() => new Function('return 1')())))),
      https: await fails(() => fetch('https://example.org/')),
      local: await fails(() => fetch('http://127.0.0.1:1/')),
      file: await fails(() => fetch('file:///etc/passwd')),
      outside: (await fetch('app://inspector/..%2f..%2fpackage.json')).status,
      elsewhere: await fails(() => fetch('app://other/index.html')),
      worker: await fails(() => {
        const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
        return new Promise((resolve, reject) => {
          worker.onmessage = resolve;
          worker.onerror = reject;
        });
      }),
      opened: window.open('https://example.org/') === null,
      openedOwn: window.open('app://inspector/index.html') === null,
    };
  });
  expect(refused).toEqual({
    evaluation: true,
    https: true,
    local: true,
    file: true,
    outside: 404,
    elsewhere: true,
    worker: true,
    opened: true,
    openedOwn: true,
  });
  // The listener hears: all of this was complained of.
  expect(complaints.join('\n')).toMatch(/Refused to execute inline script[\s\S]*Refused to connect/);
  await staysHome(page, electron());
  expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
});

async function staysHome(page: Page, app: ElectronApplication): Promise<void> {
  for (const url of ['https://example.org/', 'file:///etc/passwd', 'javascript:document.write(1)', 'data:text/html,x', 'app://other/']) {
    await page.evaluate((target) => {
      (window as { here?: boolean }).here = true;
      location.href = target;
    }, url);
    const form = page.evaluate((target) => {
      const frame = document.createElement('iframe');
      frame.src = target;
      document.body.append(frame);
      return new Promise((resolve) => setTimeout(() => resolve(frame.contentDocument?.body?.childElementCount ?? 0), 50));
    }, url);
    expect(await form, `a frame of ${url}`).toBe(0);
    expect(page.url(), url).toBe(HOME);
    expect(await page.evaluate(() => (window as { here?: boolean }).here)).toBe(true);
  }
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
}

test('grants no permission', async ({ launch }) => {
  const page = await launch();
  const answers = await page.evaluate(async () => {
    const state = async (name: string) => (await navigator.permissions.query({ name: name as PermissionName })).state;
    const refused = (work: Promise<unknown>) =>
      work.then(
        () => false,
        () => true,
      );
    return {
      geolocation: await state('geolocation'),
      notifications: await Notification.requestPermission(),
      clipboard: await refused(navigator.clipboard.readText()),
      camera: await refused(navigator.mediaDevices.getUserMedia({ video: true })),
      screen: await refused(navigator.mediaDevices.getDisplayMedia()),
      position: await refused(new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject))),
    };
  });
  expect(answers).toEqual({
    geolocation: 'denied',
    notifications: 'denied',
    clipboard: true,
    camera: true,
    screen: true,
    position: true,
  });
});

test('shows HTML and scripts in session data as text', async ({ launch, folder }) => {
  const site = newSite(folder, 'k', [
    { op: 'create_user', username: HOSTILE.slice(0, 140), password: 'x' },
    { op: 'login', username: HOSTILE.slice(0, 140), password: 'x' },
    { op: 'create', session_key: 'h'.repeat(32), data: { [HOSTILE]: HOSTILE, link: 'javascript:window.hacked=7', '${7*7}': '{{7*7}}' } },
  ]);
  const page = await launch();
  const complaints = await complaintsOf(page);
  await addProfile(page, { name: `Site ${HOSTILE}`, file: site.file }, { SECRET_KEY: 'k' }, 'hostile');
  await openProfile(page, 'Site ');
  await expect(sessionGrid(page).getByText(HOSTILE.slice(0, 60), { exact: false })).toBeVisible();
  const pane = await openSession(page, 'hhhh');
  await expect(pane.getByText(HOSTILE, { exact: true })).toBeVisible();
  await expect(pane.getByText(`"${HOSTILE}"`)).toBeVisible();
  for (const tab of await pane.getByRole('tab').all()) {
    await tab.click();
    await expect(page.locator('img, iframe, object, embed')).toHaveCount(0);
  }
  await pane.getByRole('tab', { name: 'Text' }).click();
  await expect(pane.getByRole('textbox', { name: 'Text' })).toContainText('onerror');
  const stored = site.rows().find(([key]) => key.startsWith('h'))?.[1] ?? '';
  await page.getByRole('navigation', { name: 'Profiles' }).getByRole('button', { name: 'Cookie Lab' }).click();
  await page.getByLabel('Cookie, header, cURL command or value').fill(`${stored}; ${HOSTILE}=${HOSTILE}`);
  await expect(page.getByRole('article').first()).toBeVisible();
  await expect(page.locator('img, iframe, object, embed')).toHaveCount(0);
  expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
  expect(complaints).toEqual([]);
});

test('asks nothing of the network', async ({ launch, electron, folder }) => {
  const log = join(folder, 'net.json');
  const page = await launch({ args: [`--log-net-log=${log}`] });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.reload();
  await openDemo(page);
  await openSession(page, 'anna');
  await ask(page, 'cookies.read', { text: 'sessionid=eyJmb28iOiJiYXIifQ:1xMlH6:m_05etER', keys: {} });
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((url) => !url.startsWith('app://inspector/'))).toEqual([]);
  // The one request of the test itself shows that the log would have them.
  await electron().evaluate(async ({ session }) => {
    const own = session.fromPartition('of-the-test');
    own.setSpellCheckerLanguages([]);
    await own.fetch('http://127.0.0.1:9/of-the-test').catch(() => undefined);
  });
  await electron().close();
  const written = readFileSync(log, 'utf8');
  const urls = [...written.matchAll(/"url":"([^"]*)"/g)].map(([, url]) => url ?? '');
  expect([...new Set(urls)]).toEqual(['http://127.0.0.1:9/of-the-test']);
});
