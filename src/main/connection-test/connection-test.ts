/**
 * Tries a profile layer by layer, so that the failing one can be named, and what to do about it. Everything is opened as a
 * read-only profile opens it. Runs in a process of its own, which can be ended whatever a driver does.
 */
import type { Profile, Secrets, TestLayer, TestStep } from '../../preload/api.ts';
import { cacheAddresses } from '../backends/reach.ts';
import { backendProblem } from '../django/settings.ts';
import { offsetAt } from '../django/time-zone.ts';
import { InspectorError } from '../errors.ts';
import { cacheSettings } from '../inspector/cache-engine.ts';
import { type Engine, openEngine } from '../inspector/engine.ts';
import { type Site, siteOf } from '../inspector/site.ts';
import { cacheKind, cacheLayers, cacheSteps } from './cache-steps.ts';
import { Broken, Chain, type Passed, type Tell } from './chain.ts';
import { databaseLayers, databaseSteps } from './database-steps.ts';
import { STORE_LAYERS, storeSteps } from './store-steps.ts';

/** Milliseconds for all layers together; each has its own, shorter limits. */
const TIME = 60_000;

/**
 * @param tell is given each step as it ends @param now epoch milliseconds
 * @returns all steps @throws InspectorError Canceled
 */
export async function testConnection(
  profile: Profile,
  secrets: Secrets,
  tell: Tell,
  signal: AbortSignal,
  now: () => number,
  time = TIME,
): Promise<readonly TestStep[]> {
  const steps: TestStep[] = [];
  const limit = new AbortController();
  const late = new InspectorError('Timeout', `The test took longer than ${time / 1000} seconds`, {
    hint: 'The server or the network is very slow: try again.',
  });
  const timer = setTimeout(() => limit.abort(late), time);
  const tells: Tell = (step) => {
    steps.push(step);
    tell(step);
  };
  const both = AbortSignal.any([signal, limit.signal]);
  const site = siteOf({ ...profile, readOnly: true }, secrets, now);
  try {
    await walk(site, secrets, tells, both);
  } finally {
    clearTimeout(timer);
  }
  if (signal.aborted) throw new InspectorError('Canceled', 'Canceled');
  return steps;
}

async function walk(site: Site, secrets: Secrets, tell: Tell, signal: AbortSignal): Promise<void> {
  const { profile } = site;
  const part = partOf(profile);
  const chain = (which: TestStep['part'], layers: readonly TestLayer[]) => new Chain(which, layers, tell, signal);
  const checked = await unlessBroken(async () => {
    const settings = chain(part, ['settings']);
    await settings.step('settings', async () => [undefined, settingsPassed(site)]);
  });
  if (!checked) return;
  switch (profile.SESSION_ENGINE) {
    case 'signed_cookies':
      chain(part, ['signature']).pass('signature', cookiesPassed(site));
      return;
    case 'file':
      await unlessBroken(() => openSteps(chain(part, ['folder', ...STORE_LAYERS]), ['folder'], site, secrets, signal));
      return;
    case 'cache': {
      const steps = chain(part, [...cacheLayers(site), ...STORE_LAYERS]);
      await unlessBroken(async () => {
        await cacheSteps(steps, site, secrets, signal);
        await openSteps(steps, [], site, secrets, signal);
      });
      return;
    }
    case 'db':
    case 'cached_db':
      await tableChain(chain(part, [...databaseLayers(profile), 'table', 'read', ...STORE_LAYERS]), site, secrets, signal);
      if (profile.SESSION_ENGINE === 'db') return;
      await unlessBroken(() => cacheSteps(chain('cache', cacheLayers(site)), site, secrets, signal));
  }
}

async function tableChain(chain: Chain, site: Site, secrets: Secrets, signal: AbortSignal): Promise<void> {
  await unlessBroken(async () => {
    await databaseSteps(chain, site.profile, secrets, signal);
    // The cache beside the table is tried by itself, and must not take the table's steps along.
    const table = { ...site, profile: { ...site.profile, SESSION_ENGINE: 'db' as const } };
    await openSteps(chain, ['table', 'read'], table, secrets, signal);
  });
}

/** Opens the engine as the app does, then looks at what is there. */
async function openSteps(chain: Chain, layers: readonly TestLayer[], site: Site, secrets: Secrets, signal: AbortSignal): Promise<void> {
  const open = async () => {
    const engine = await openEngine(site, secrets, signal);
    return [engine, await openedPassed(site, engine, signal)] as const;
  };
  const engine = await chain.open(
    layers,
    ({ code }) => (code === 'MissingTable' || code === 'WrongColumns' ? 'table' : (layers.at(-1) ?? 'sample')),
    open,
  );
  try {
    await storeSteps(chain, site, engine, signal);
  } finally {
    await engine.close();
  }
}

async function openedPassed(
  { profile, now }: Site,
  { store }: Engine,
  signal: AbortSignal,
): Promise<Readonly<Partial<Record<TestLayer, Passed>>>> {
  if (profile.SESSION_ENGINE === 'file') {
    const { value } = await store.count({ now: now() }, false, signal);
    const folder = {
      message: `${store.capabilities.server ?? profile.SESSION_FILE_PATH} can be read. It has ${value} files that begin with “${profile.SESSION_COOKIE_NAME}”.`,
    };
    return { folder };
  }
  if (profile.SESSION_ENGINE !== 'db') return {};
  const { value, kind } = await store.count({ now: now() }, false, signal);
  const rows = kind === 'exact' ? `${value}` : kind === 'estimate' ? `about ${value}` : `at least ${value}`;
  return {
    table: { message: `${profile.session_table} is there, with the columns of a session table.` },
    read: { message: `This user may read it: ${rows} rows.` },
  };
}

async function unlessBroken(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (thrown) {
    if (thrown instanceof Broken) return false;
    throw thrown;
  }
}

function partOf(profile: Profile): TestStep['part'] {
  switch (profile.SESSION_ENGINE) {
    case 'db':
    case 'cached_db':
      return 'database';
    case 'cache':
      return 'cache';
    case 'file':
      return 'files';
    case 'signed_cookies':
      return 'cookies';
  }
}

/** @throws InspectorError ImproperlyConfigured */
function settingsPassed(site: Site): Passed {
  const { profile } = site;
  const { SESSION_ENGINE, CACHES, DATABASES, DJANGO_VERSION } = profile;
  offsetAt(profile.TIME_ZONE, 0n);
  if (DATABASES.TIME_ZONE !== null) offsetAt(DATABASES.TIME_ZONE, 0n);
  const usesCache = SESSION_ENGINE === 'cache' || SESSION_ENGINE === 'cached_db';
  const usesDatabase = SESSION_ENGINE === 'db' || SESSION_ENGINE === 'cached_db' || (usesCache && cacheKind(profile) === 'table');
  if (usesDatabase && DATABASES.NAME === '' && DATABASES.USER === '') throw missing('NAME of the database');
  if (usesCache && CACHES.LOCATION.length === 0) throw missing('LOCATION of the cache');
  if (usesCache) cacheAddresses(cacheSettings(site, {}));
  const problem = usesCache ? backendProblem(CACHES.BACKEND, DJANGO_VERSION) : null;
  return problem === null
    ? { message: 'Nothing that is needed is missing.' }
    : { state: 'warning', message: problem, hint: 'Check the Django version and BACKEND.' };
}

function missing(what: string): InspectorError {
  return new InspectorError('ImproperlyConfigured', `The ${what} is missing`, { hint: 'Fill it in.' });
}

function cookiesPassed({ keys }: Site): Passed {
  if (keys.length > 0)
    return {
      message: `There is no server to reach: cookies are verified with ${keys.length === 1 ? 'one key' : `${keys.length} keys`} in the Cookie Lab.`,
    };
  return {
    state: 'warning',
    message: 'There is no server to reach, and no SECRET_KEY: cookies can be read, not verified.',
    hint: "Enter the site's SECRET_KEY.",
  };
}
