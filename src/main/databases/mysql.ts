import { sql } from 'kysely';
import { type Connection, type ConnectionOptions, createConnection, type SslOptions } from 'mysql2/promise';
import { InspectorError } from '../errors.ts';
import type { Column, Database, DatabaseSettings, Dialect, ErrorMap, TableName, WritableDatabase } from './database.ts';
import { likePrefix, utf8Text } from './database.ts';
import { CONNECT_TIMEOUT, canceled, LOCK_TIMEOUT, networkError, networkPlace, type TlsOptions, tlsOptions } from './network.ts';
import { type Answer, type Dial, type Link, NetworkDatabase, type NetworkOptions, prepared, writer } from './network-database.ts';

const PORT = 3306;

/** A mode of our own: values are written out by the driver, which relies on backslash escapes being on. */
const SESSION = `set session sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', session time_zone = '+00:00', session autocommit = 1,
  session innodb_lock_wait_timeout = ${LOCK_TIMEOUT / 1000}, session lock_wait_timeout = ${LOCK_TIMEOUT / 1000}`;

export async function openMysql(settings: DatabaseSettings, signal: AbortSignal): Promise<Database> {
  return new Mysql(await connect(settings, signal));
}

export async function openWritableMysql(settings: DatabaseSettings, signal: AbortSignal): Promise<WritableDatabase> {
  return new WritableMysql(await connect(settings, signal));
}

async function connect(settings: DatabaseSettings, signal: AbortSignal): Promise<NetworkOptions> {
  const place = networkPlace(settings, PORT);
  const mapError: ErrorMap = (error) => (error instanceof InspectorError ? error : mysqlError(error, place, settings.HOST));
  const tls = await tlsOptions(settings);
  const config = connectionConfig(settings);
  try {
    let dial = dialer(tls === null ? config : { ...config, ssl: sslOptions(tls, settings.TLS === 'verify') });
    const first = await dial('read').catch((error: unknown) => {
      if (settings.TLS !== 'prefer' || codeOf(error) !== 'HANDSHAKE_NO_SSL_SUPPORT') throw error;
      dial = dialer(config);
      return dial('read');
    });
    if (signal.aborted) {
      first.destroy();
      throw canceled();
    }
    const { rows } = await first.query('select version() as version', []);
    const server = serverName(String((rows[0] as Readonly<{ version: string }>).version));
    return { vendor: 'mysql', place, server, notes: [], dialect: DIALECT, dial, mapError, first };
  } catch (error) {
    throw mapError(error);
  }
}

/** "10.11.19-MariaDB-0+deb12u1" -> "MariaDB 10.11.19"; MySQL says its number alone. */
function serverName(version: string): string {
  return `${/mariadb/i.test(version) ? 'MariaDB' : 'MySQL'} ${/^[\d.]+/.exec(version)?.[0] ?? version}`;
}

function connectionConfig(settings: DatabaseSettings): ConnectionOptions {
  const socket = settings.UNIX_SOCKET || (settings.HOST.startsWith('/') ? settings.HOST : '');
  return {
    ...(socket === '' ? { host: settings.HOST || 'localhost', port: settings.PORT ?? PORT } : { socketPath: socket }),
    user: settings.USER,
    password: settings.PASSWORD ?? '',
    database: settings.NAME,
    charset: 'utf8mb4',
    connectTimeout: CONNECT_TIMEOUT,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    // A server must not ask this process for its files.
    flags: ['-LOCAL_FILES'],
  };
}

function sslOptions(tls: TlsOptions, verifyIdentity: boolean): SslOptions {
  const pem = (name: 'ca' | 'cert' | 'key') => (tls[name] === undefined ? {} : { [name]: String(tls[name]) });
  return { rejectUnauthorized: tls.rejectUnauthorized === true, verifyIdentity, ...pem('ca'), ...pem('cert'), ...pem('key') };
}

function dialer(config: ConnectionOptions): Dial {
  return async (access) => {
    const connection = await createConnection(config);
    const link = new MysqlLink(connection, config);
    return prepared(link, SESSION, `set session transaction ${access === 'read' ? 'read only' : 'read write'}`);
  };
}

class MysqlLink implements Link {
  readonly #connection: Connection;
  readonly #config: ConnectionOptions;
  broken = false;

  constructor(connection: Connection, config: ConnectionOptions) {
    this.#connection = connection;
    this.#config = config;
    // Without a listener, a connection that ends while it is idle would end the process.
    connection.on('error', () => this.#lost());
    connection.on('end', () => this.#lost());
  }

  async query(text: string, parameters: readonly unknown[]): Promise<Answer> {
    try {
      const [result] = await this.#connection.query(text, [...parameters]);
      return Array.isArray(result) ? { rows: result, changed: 0 } : { rows: [], changed: result.affectedRows };
    } catch (error) {
      if (error instanceof Error && 'fatal' in error && error.fatal === true) this.#lost();
      throw error;
    }
  }

  async cancel(): Promise<void> {
    const { threadId } = this.#connection;
    const control = await createConnection(this.#config);
    try {
      await control.query('kill query ?', [threadId]);
    } finally {
      control.destroy();
    }
  }

  async close(): Promise<void> {
    await this.#connection.end().catch(() => this.#connection.destroy());
  }

  destroy(): void {
    this.broken = true;
    this.#connection.destroy();
  }

  #lost(): void {
    this.broken = true;
  }
}

class Mysql extends NetworkDatabase {
  columns({ schema, table }: TableName, signal: AbortSignal): Promise<readonly Column[]> {
    const query = sql<Column>`select column_name as name, lower(column_type) as type from information_schema.columns
      where table_schema = coalesce(${schema}, database()) and table_name = ${table} order by ordinal_position`;
    return this.rows(this.raw(query), signal);
  }

  async tablesLike(part: string, signal: AbortSignal): Promise<readonly string[]> {
    const query = sql<{ name: string }>`select table_name as name from information_schema.tables
      where table_schema = database() and locate(${part}, lower(table_name)) > 0 order by 1 limit 10`;
    return (await this.rows(this.raw(query), signal)).map(({ name }) => name);
  }

  async estimate({ schema, table }: TableName, signal: AbortSignal): Promise<number | null> {
    const query = sql<{ rows: string | null }>`select table_rows as ${sql.id('rows')} from information_schema.tables
      where table_schema = coalesce(${schema}, database()) and table_name = ${table}`;
    const [row] = await this.rows(this.raw(query), signal);
    return row === undefined || row.rows === null ? null : Number(row.rows);
  }
}

class WritableMysql extends Mysql implements WritableDatabase {
  readonly #writer = writer(this.dial, this.mapError);
  readonly transaction = this.#writer.transaction;

  override async close(): Promise<void> {
    await this.#writer.close();
    await super.close();
  }
}

/** Comparisons go through binary strings, because the usual collations think `a`, `A` and `a ` equal. */
const DIALECT: Dialect = {
  bytes: (column) => sql`cast(${sql.id(column)} as binary)`,
  text: (column) => sql`cast(${sql.id(column)} as char)`,
  size: (column) => sql`octet_length(${sql.id(column)})`,
  sameBytes: (column, bytes) => sql`cast(${sql.id(column)} as binary) = ${utf8Text(bytes) ?? Buffer.from(bytes)}`,
  sameText: (column, text) => sql`cast(cast(${sql.id(column)} as char) as binary) = ${text}`,
  hasKey: (column, key) => sql`${sql.id(column)} = ${key} and cast(convert(${sql.id(column)} using utf8mb4) as binary) = ${key}`,
  startsWith: (column, prefix) =>
    sql`${sql.id(column)} like ${likePrefix(prefix)} escape '|' and cast(convert(left(${sql.id(column)}, ${[...prefix].length}) using utf8mb4) as binary) = ${prefix}`,
  textValue: (bytes) => sql`${utf8Text(bytes) ?? Buffer.from(bytes)}`,
  dateValue: (text) => sql`cast(${text} as datetime(6))`,
  literal,
};

/** As the driver writes values out. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString('hex')}'`;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const escapes: Readonly<Record<string, string>> = { '\0': '\\0', '\b': '\\b', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\x1a': '\\Z' };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what MySQL wants escaped
  return `'${String(value).replace(/[\0\b\t\n\r\x1a"'\\]/g, (character) => escapes[character] ?? `\\${character}`)}'`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** MySQL's own messages may quote keys and values, so only its codes are passed on. */
function mysqlError(error: unknown, place: string, host: string): InspectorError {
  const make = (kind: InspectorError['code'], message: string, hint?: string) =>
    new InspectorError(kind, message, { ...(hint === undefined ? {} : { hint }), cause: error });
  const code = codeOf(error);
  switch (code) {
    case 'ER_ACCESS_DENIED_ERROR':
    case 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR':
    case 'ER_NOT_SUPPORTED_AUTH_MODE':
    case 'ER_HOST_NOT_PRIVILEGED':
    case 'ER_HOST_IS_BLOCKED':
    case 'ER_ACCOUNT_HAS_BEEN_LOCKED':
    case 'ER_MUST_CHANGE_PASSWORD_LOGIN':
    case 'AUTH_SWITCH_PLUGIN_ERROR':
      return make(
        'LoginFailed',
        `${place} refuses the user or the password`,
        'Check USER, the password, and that the user may connect from this host.',
      );
    case 'ER_DBACCESS_DENIED_ERROR':
    case 'ER_TABLEACCESS_DENIED_ERROR':
    case 'ER_COLUMNACCESS_DENIED_ERROR':
    case 'ER_SPECIFIC_ACCESS_DENIED_ERROR':
      return make(
        'PermissionDenied',
        `The user has no permission for this in ${place}`,
        'GRANT SELECT (and UPDATE, DELETE, INSERT to write) to the user.',
      );
    case 'ER_BAD_DB_ERROR':
      return make('MissingDatabase', `The server has no such database: ${place}`, 'Check NAME in the profile.');
    case 'ER_NO_SUCH_TABLE':
      return make(
        'MissingTable',
        `The table is not in ${place}`,
        'Check the table name in the profile, and that "manage.py migrate" was run.',
      );
    case 'ER_BAD_FIELD_ERROR':
      return make('WrongColumns', 'The table does not have the columns of a session table', 'Check the table name in the profile.');
    case 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION':
    case 'ER_OPTION_PREVENTS_STATEMENT':
    case 'ER_READ_ONLY_MODE':
      return make('ReadOnly', `${place} is read-only`, 'It may be a replica: connect to the primary server.');
    case 'ER_QUERY_INTERRUPTED':
    case 'ER_STATEMENT_TIMEOUT':
    case 'ER_QUERY_TIMEOUT':
      return make('Timeout', 'The server stopped the statement: it took too long, or somebody ended it');
    case 'ER_LOCK_WAIT_TIMEOUT':
    case 'ER_LOCK_DEADLOCK':
      return make('Locked', 'Another transaction holds the row', 'Nothing was changed. Try again in a moment.');
    case 'ER_DISK_FULL':
    case 'ER_RECORD_FILE_FULL':
      return make('DiskFull', `The disk of ${place} is full`, 'Nothing was changed.');
    case 'ER_CON_COUNT_ERROR':
    case 'ER_TOO_MANY_USER_CONNECTIONS':
      return make('ConnectionRefused', `${place} has no free connections`, 'Close other clients, or raise max_connections.');
    case 'ER_DUP_ENTRY':
      return make('CreateError', 'A session with this key exists already');
    case 'ER_DATA_TOO_LONG':
      return make('BadValue', 'A value is longer than its column', 'session_key holds 40 characters.');
    case 'ER_TRUNCATED_WRONG_VALUE':
    case 'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD':
    case 'ER_INVALID_CHARACTER_STRING':
      return make('BadValue', 'A value does not fit its column');
    case 'ER_NET_PACKET_TOO_LARGE':
      return make('LimitExceeded', "The value is larger than the server's max_allowed_packet");
    case 'ER_SERVER_SHUTDOWN':
    case 'ER_CONNECTION_KILLED':
    case 'PROTOCOL_CONNECTION_LOST':
    case 'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR':
      return make('ConnectionLost', `The connection to ${place} broke`, 'If this was a write, look again whether it arrived.');
    case 'HANDSHAKE_NO_SSL_SUPPORT':
      return make('TlsFailed', `${place} does not speak TLS`, 'Turn TLS on at the server, or choose "prefer" or "off".');
    case 'HANDSHAKE_SSL_ERROR':
      return tlsFailure(error, place);
    case 'ER_SECURE_TRANSPORT_REQUIRED':
      return make('TlsFailed', `${place} wants an encrypted connection`, 'Choose "require" or "verify".');
    default:
      return networkFailure(error, place, host) ?? make('StoreFailed', `The server failed with ${code || 'an error of the driver'}`);
  }
}

/** The driver puts a code of its own over TLS's and leaves the message. */
function tlsFailure(error: unknown, place: string): InspectorError {
  const names = error instanceof Error && /altname|hostname/i.test(error.message);
  const hint = names
    ? 'The certificate is for another host name; check HOST.'
    : 'Give the CA certificate of the server, or choose an encrypted connection without verification.';
  return new InspectorError('TlsFailed', `TLS with ${place} failed: ${error instanceof Error ? error.message : ''}`, {
    hint,
    cause: error,
  });
}

function networkFailure(error: unknown, place: string, host: string): InspectorError | null {
  const failure = networkError(error, place);
  if (failure?.code !== 'ConnectionRefused' || (host !== '' && host !== 'localhost')) return failure;
  // libmysqlclient, and so Django, takes the Unix socket for these two.
  return new InspectorError(failure.code, failure.message, {
    hint: 'Django reaches an empty HOST or "localhost" through a Unix socket: enter its path, or use 127.0.0.1.',
    cause: error,
  });
}
