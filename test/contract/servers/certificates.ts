import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { output } from './local.ts';

/** A certificate authority and one certificate for localhost and 127.0.0.1, in PEM files. */
export async function makeCertificates(folder: string): Promise<Readonly<{ ca: string; cert: string; key: string }>> {
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => output('openssl', args);
  await openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
    '-keyout',
    path('ca.key'),
    '-out',
    path('ca.pem'),
  );
  await openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=localhost',
    '-keyout',
    path('server.key'),
    '-out',
    path('server.csr'),
  );
  await writeFile(path('names.txt'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  await openssl(
    'x509',
    '-req',
    '-in',
    path('server.csr'),
    '-CA',
    path('ca.pem'),
    '-CAkey',
    path('ca.key'),
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    path('names.txt'),
    '-out',
    path('server.pem'),
  );
  // Servers that give up root read them as somebody else.
  await chmod(folder, 0o755);
  await chmod(path('server.key'), 0o644);
  return { ca: path('ca.pem'), cert: path('server.pem'), key: path('server.key') };
}
