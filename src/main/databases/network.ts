import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { InspectorError } from '../errors.ts';
import type { DatabaseSettings } from './database.ts';

/** Milliseconds for a connection to be made. */
export const CONNECT_TIMEOUT = 10_000;

/** Milliseconds that a write waits for another one's lock. */
export const LOCK_TIMEOUT = 5_000;

/** `host:port/name` or `socket/name`: what a message may say about where. */
export function networkPlace(settings: DatabaseSettings, defaultPort: number): string {
  const server = settings.UNIX_SOCKET === '' ? `${settings.HOST || 'localhost'}:${settings.PORT ?? defaultPort}` : settings.UNIX_SOCKET;
  return `${server}/${settings.NAME}`;
}

export type TlsOptions = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>;

/**
 * The settings' TLS files and mode as the drivers take them; null where TLS is off or the server is on this machine's socket.
 * @throws InspectorError FileUnreadable
 */
export async function tlsOptions(settings: DatabaseSettings): Promise<TlsOptions | null> {
  if (settings.TLS === 'off' || settings.UNIX_SOCKET !== '') return null;
  return {
    rejectUnauthorized: settings.TLS === 'verify',
    ...(settings.TLS_CA === '' ? {} : { ca: await pem(settings.TLS_CA) }),
    ...(settings.TLS_CERT === '' ? {} : { cert: await pem(settings.TLS_CERT) }),
    ...(settings.TLS_KEY === '' ? {} : { key: await pem(settings.TLS_KEY) }),
  };
}

async function pem(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new InspectorError('FileUnreadable', `The TLS file ${file} cannot be read`, {
      hint: 'Check the path and its permissions in the profile.',
      cause,
    });
  }
}

/** Node's own errors from name lookup, TCP and TLS; null where it is none of them. */
export function networkError(error: unknown, place: string): InspectorError | null {
  const code = codeOf(error);
  const known = (options: ConstructorParameters<typeof InspectorError>) =>
    new InspectorError(options[0], options[1], { ...options[2], cause: error });
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return known([
        'NameNotFound',
        `The host of ${place} has no address`,
        { hint: 'Check HOST for a typing error, and whether a VPN is needed.' },
      ]);
    case 'ECONNREFUSED':
      return known(['ConnectionRefused', `Nothing answers at ${place}`, { hint: 'Check HOST and PORT, and that the server is running.' }]);
    case 'ENOENT':
      return known([
        'ConnectionRefused',
        `There is no socket at ${place}`,
        { hint: 'Check the socket path, and that the server is running.' },
      ]);
    case 'EACCES':
    case 'EPERM':
      return known([
        'PermissionDenied',
        `The system does not let this user connect to ${place}`,
        { hint: 'Check the permissions of the socket.' },
      ]);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return known(['ConnectionRefused', `There is no route to ${place}`, { hint: 'Check the network, and whether a VPN is needed.' }]);
    case 'ETIMEDOUT':
      return known(['Timeout', `No answer from ${place}`, { hint: 'A firewall may drop the packets; check HOST and PORT.' }]);
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return known(['ConnectionLost', `The connection to ${place} broke`, { hint: 'Open the profile again.' }]);
    default:
      return isTls(code) ? tlsError(code, place, error) : null;
  }
}

function isTls(code: string): boolean {
  return /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO|INVALID_CA)/.test(code);
}

function tlsError(code: string, place: string, cause: unknown): InspectorError {
  const hint = code.startsWith('ERR_TLS_CERT_ALTNAME')
    ? 'The certificate is for another host name; check HOST.'
    : 'Give the CA certificate of the server, or choose an encrypted connection without verification.';
  return new InspectorError('TlsFailed', `TLS with ${place} failed: ${code}`, { hint, cause });
}

/** The `code` of an error, or of the first that an AggregateError (several addresses tried) holds. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : '';
}

export function canceled(): InspectorError {
  return new InspectorError('Canceled', 'Canceled');
}
