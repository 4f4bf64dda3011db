import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { InspectorError } from '../errors.ts';

/** off; require: encrypted, the server is not verified; verify: its certificate and name are. The others are paths of PEM files. */
export type TlsConfig = Readonly<{ TLS: 'off' | 'require' | 'verify'; TLS_CA: string; TLS_CERT: string; TLS_KEY: string }>;

/** @param host what the certificate must name; an IP address is compared as one @throws InspectorError FileUnreadable */
export function tlsOptions({ TLS, TLS_CA, TLS_CERT, TLS_KEY }: TlsConfig, host: string): ConnectionOptions {
  return {
    rejectUnauthorized: TLS !== 'require',
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    ...pem('ca', TLS_CA),
    ...pem('cert', TLS_CERT),
    ...pem('key', TLS_KEY),
  };
}

function pem(name: 'ca' | 'cert' | 'key', path: string): ConnectionOptions {
  if (path === '') return {};
  try {
    return { [name]: readFileSync(path) };
  } catch (cause) {
    throw new InspectorError('FileUnreadable', `The file of TLS_${name.toUpperCase()} cannot be read`, {
      hint: 'Check the path in the profile.',
      cause,
    });
  }
}
