import type { Profile, Secrets, TestLayer } from '../../preload/api.ts';
import { type EngineSettings, openDatabase } from '../backends/databases.ts';
import { databaseAddresses, encryptionOf } from '../backends/reach.ts';
import type { InspectorError } from '../errors.ts';
import { databaseSettings } from '../inspector/engine-databases.ts';
import type { Chain, Passed } from './chain.ts';
import { networkLayers, networkSteps } from './network-steps.ts';

/** The layers up to a database that answers; the table and what is in it come after. */
export function databaseLayers({ DATABASES }: Profile): readonly TestLayer[] {
  if (DATABASES.ENGINE === 'sqlite3') return ['file', 'database'];
  return [...networkLayers(databaseAddresses(databaseSettings({ DATABASES } as Profile, {}))), 'tls', 'login', 'database'];
}

/** @throws Broken */
export async function databaseSteps(chain: Chain, profile: Profile, secrets: Secrets, signal: AbortSignal): Promise<void> {
  const settings = databaseSettings(profile, secrets);
  if (settings.ENGINE === 'sqlite3') return await fileSteps(chain, settings, signal);
  await networkSteps(chain, databaseAddresses(settings), signal);
  await chain.open(['tls', 'login', 'database'], serverLayer, async () => {
    const database = await openDatabase(settings, signal);
    try {
      const user = settings.USER === '' ? 'this user' : settings.USER;
      const passed = {
        tls: encrypted(settings, await encryptionOf(database, signal)),
        login: { message: `${database.server} lets ${user} in.` },
        database: { message: `${settings.NAME || settings.USER} is there.` },
      };
      return [undefined, passed];
    } finally {
      await database.close();
    }
  });
}

async function fileSteps(chain: Chain, settings: EngineSettings, signal: AbortSignal): Promise<void> {
  await chain.open(['file', 'database'], fileLayer, async () => {
    const database = await openDatabase(settings, signal);
    const { server, place } = database;
    await database.close();
    return [
      undefined,
      { file: { message: `${place} can be read.` }, database: { message: `It is an SQLite database, opened by ${server}.` } },
    ];
  });
}

function fileLayer({ code }: InspectorError): TestLayer {
  return code === 'NotADatabase' || code === 'Corrupt' || code === 'Locked' ? 'database' : 'file';
}

function serverLayer({ code }: InspectorError): TestLayer {
  switch (code) {
    case 'LoginFailed':
      return 'login';
    case 'MissingDatabase':
    case 'PermissionDenied':
    case 'StoreFailed':
    case 'ReadOnly':
      return 'database';
    default:
      // The server was reached a moment ago: what breaks now breaks while the connection is being made.
      return 'tls';
  }
}

function encrypted({ TLS, UNIX_SOCKET, HOST }: EngineSettings, version: string | null): Passed {
  if (UNIX_SOCKET !== '' || HOST.startsWith('/')) return { message: 'Not needed: the connection stays on this machine.' };
  const checked = TLS === 'verify' ? 'the certificate of the server is verified' : 'the certificate of the server is not verified';
  if (version === null)
    return TLS === 'off' ? { message: 'Off.' } : { message: `The server does not say; the profile asks for “${TLS}”.`, state: 'warning' };
  if (version !== '') return { message: `${version}; ${checked}.` };
  const isLocal = ['', 'localhost', '127.0.0.1', '::1'].includes(HOST);
  if (TLS === 'off' || isLocal) return { message: 'The connection is not encrypted.' };
  return {
    state: 'warning',
    message: 'The server offers no TLS: the connection is not encrypted.',
    hint: 'Turn TLS on at the server, and choose “require” or “verify”.',
  };
}
