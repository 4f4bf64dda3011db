import { type ErrorData, InspectorError } from '../errors.ts';

/** What the system and Node's TLS say when a server cannot be reached, by layer. */
const SYSTEM: Readonly<Record<string, readonly [ErrorData['code'], string, string?]>> = {
  ENOTFOUND: ['NameNotFound', 'the host name is not known', 'Check the name in LOCATION.'],
  EAI_AGAIN: ['NameNotFound', 'the host name could not be looked up', 'Check the name and the network.'],
  ECONNREFUSED: ['ConnectionRefused', 'nothing listens there', 'Check host and port, and that the server runs.'],
  ENOENT: ['ConnectionRefused', 'there is no such socket', 'Check the path, and that the server runs.'],
  EACCES: ['PermissionDenied', 'the socket may not be opened', "Start the app as a user of the socket's group."],
  EHOSTUNREACH: ['ConnectionRefused', 'the host cannot be reached', 'Check the network or the VPN.'],
  ENETUNREACH: ['ConnectionRefused', 'the network cannot be reached', 'Check the network or the VPN.'],
  ETIMEDOUT: ['Timeout', 'no answer in time', 'A firewall may swallow the connection; check host and port.'],
  ECONNRESET: ['ConnectionLost', 'the connection was closed by the other side', 'Try again; if it persists, TLS may be expected there.'],
  ECONNABORTED: ['ConnectionLost', 'the connection was closed', 'Try again.'],
  EPIPE: ['ConnectionLost', 'the connection was closed by the other side', 'Try again.'],
};

/** The error for a system or TLS failure; null where the code is none of these. @param what "Redis at host:port" */
export function systemError(thrown: unknown, what: string): InspectorError | null {
  if (!(thrown instanceof Error)) return null;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  const known = SYSTEM[code];
  if (known !== undefined) {
    const [name, message, hint] = known;
    return new InspectorError(name, `${what}: ${message}`, { ...(hint === undefined ? {} : { hint }), cause: thrown });
  }
  if (/^ERR_TLS|^ERR_SSL|CERT|SIGNATURE|^EPROTO$|^ERR_OSSL/.test(code)) {
    return new InspectorError('TlsFailed', `${what}: TLS failed (${code})`, { hint: tlsHint(code), cause: thrown });
  }
  return null;
}

function tlsHint(code: string): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return "The certificate is another host's. Use the name it was made for, or TLS “require”.";
  if (/SELF_SIGNED|UNABLE_TO/.test(code)) return 'Set TLS_CA to the certificate authority of the server, or use TLS “require”.';
  if (code === 'CERT_HAS_EXPIRED') return 'The certificate of the server has expired.';
  return 'Check that the server speaks TLS on this port, and whether it asks for a client certificate (TLS_CERT, TLS_KEY).';
}
