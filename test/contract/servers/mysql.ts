import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from './certificates.ts';
import { eventually, freePort, LocalServer, output } from './local.ts';

const PASSWORD = 'p\'ss "wörd\\';

/** A MariaDB of a test, with TLS: `admin` asks it through its own client as its superuser, past everything that is under test. */
export type MysqlServer = Readonly<{
  server: LocalServer;
  port: number;
  socket: string;
  user: string;
  password: string;
  ca: string;
  admin(sql: string): Promise<string>;
  stop(): Promise<void>;
}>;

// $1: port, $2: folder of certificates, then further options of the server
const SCRIPT = `set -e
port="$1"
as=''
mkdir tls && cp "$2"/server.* tls
if [ "$(id -u)" = 0 ]; then chown -R mysql: . && as='--user=mysql'; fi
mariadb-install-db --no-defaults $as --datadir="$PWD/data" --auth-root-authentication-method=normal --skip-test-db > install.log 2>&1 || { cat install.log; exit 1; }
shift 2
exec mariadbd --no-defaults $as --datadir="$PWD/data" --socket="$PWD/sock" --pid-file="$PWD/pid" --port="$port" --bind-address=127.0.0.1 \\
  --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci \\
  --ssl-cert="$PWD/tls/server.pem" --ssl-key="$PWD/tls/server.key" "$@"`;

/** @param options of the server, after those of the test */
export async function startMysql(...options: readonly string[]): Promise<MysqlServer> {
  const port = await freePort();
  const certificates = await mkdtemp(join(tmpdir(), 'inspector-tls-'));
  const { ca } = await makeCertificates(certificates);
  const server = await LocalServer.start(
    'sh',
    () => ['-c', SCRIPT, 'sh', String(port), certificates, ...options],
    async () => undefined,
  );
  const socket = join(server.folder, 'sock');
  const admin = (sql: string) => output('mariadb', ['--no-defaults', '-N', '-B', '-u', 'root', '-S', socket, '-e', sql]);
  try {
    await eventually(() => admin('select 1'), 60);
    await admin(`create user owner@'%' identified by ${literal(PASSWORD)}; grant all on *.* to owner@'%' with grant option`);
  } catch (error) {
    await server.stop();
    throw new Error(`MariaDB: ${server.output}`, { cause: error });
  }
  const stop = async () => {
    await server.stop();
    await rm(certificates, { recursive: true, force: true });
  };
  return { server, port, socket, user: 'owner', password: PASSWORD, ca, admin, stop };
}

function literal(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
