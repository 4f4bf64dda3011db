import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from './certificates.ts';
import { freePort, LocalServer, output } from './local.ts';

const BIN = process.env['POSTGRESQL_BIN'] ?? '/usr/lib/postgresql/15/bin';
const PASSWORD = 'p\'ss "wörd';

/** A PostgreSQL of a test, with TLS: `admin` asks it through psql as its superuser, past everything that is under test. */
export type PostgresqlServer = Readonly<{
  server: LocalServer;
  port: number;
  user: string;
  password: string;
  ca: string;
  admin(sql: string, database?: string): Promise<string>;
  stop(): Promise<void>;
}>;

// It refuses to run as root, so root hands it over. $1: programs, $2: port, $3: folder of certificates, $4: password, then options
const SCRIPT = `set -e
bin="$1"; port="$2"
as=''
mkdir tls && cp "$3"/server.* tls && chmod 600 tls/server.key
printf '%s' "$4" > password
if [ "$(id -u)" = 0 ]; then chown -R postgres: . && as='setpriv --reuid=postgres --regid=postgres --clear-groups'; fi
$as "$bin/initdb" -D data -U owner --pwfile=password --auth=scram-sha-256 -E UTF8 --locale=C.UTF-8 --no-sync > initdb.log 2>&1 || { cat initdb.log; exit 1; }
shift 4
exec $as "$bin/postgres" -D data -p "$port" -k "$PWD" -c listen_addresses=127.0.0.1 -c fsync=off -c ssl=on \\
  -c ssl_cert_file="$PWD/tls/server.pem" -c ssl_key_file="$PWD/tls/server.key" "$@"`;

/** @param options of the server, after those of the test */
export async function startPostgresql(...options: readonly string[]): Promise<PostgresqlServer> {
  const port = await freePort();
  const certificates = await mkdtemp(join(tmpdir(), 'inspector-tls-'));
  const { ca } = await makeCertificates(certificates);
  const admin = (sql: string, database = 'postgres') => {
    const url = `postgresql://owner:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`;
    return output(join(BIN, 'psql'), ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', sql]);
  };
  const args = () => ['-c', SCRIPT, 'sh', BIN, String(port), certificates, PASSWORD, ...options];
  const server = await LocalServer.start('sh', args, () => admin('select 1'));
  const stop = async () => {
    // SIGTERM would wait for every client; SIGINT ends them.
    const [pid] = (await readFile(join(server.folder, 'data', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    if (pid) interrupt(Number(pid));
    await server.stop();
    await rm(certificates, { recursive: true, force: true });
  };
  return { server, port, user: 'owner', password: PASSWORD, ca, admin, stop };
}

/** It may have been killed by the test. */
function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
