import { dirname } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { InspectorError } from '../errors.ts';
import type { Column, Database, DatabaseSettings, Dialect, ErrorMap, TableName, WritableDatabase } from './database.ts';
import { likePrefix, utf8Text } from './database.ts';
import { CONNECT_TIMEOUT, canceled, LOCK_TIMEOUT, networkError, networkPlace, tlsOptions } from './network.ts';
import { type Answer, type Dial, type Link, NetworkDatabase, type NetworkOptions, prepared, writer } from './network-database.ts';

const PORT = 5432;

/** Dates as ISO text in UTC, whatever the server's defaults are. */
const SESSION = `set timezone = 'UTC'; set datestyle = 'ISO'; set standard_conforming_strings = on; set lock_timeout = ${LOCK_TIMEOUT};`;

export async function openPostgresql(settings: DatabaseSettings, signal: AbortSignal): Promise<Database> {
  return new Postgresql(await connect(settings, signal));
}

export async function openWritablePostgresql(settings: DatabaseSettings, signal: AbortSignal): Promise<WritableDatabase> {
  return new WritablePostgresql(await connect(settings, signal));
}

async function connect(settings: DatabaseSettings, signal: AbortSignal): Promise<NetworkOptions> {
  const place = networkPlace(settings, PORT);
  const mapError: ErrorMap = (error) => (error instanceof InspectorError ? error : postgresError(error, place));
  const tls = await tlsOptions(settings);
  const config = clientConfig(settings);
  try {
    let dial = dialer({ ...config, ssl: tls ?? false });
    const first = await dial('read').catch((error: unknown) => {
      if (settings.TLS !== 'prefer' || !/does not support SSL/.test(String(error))) throw error;
      dial = dialer({ ...config, ssl: false });
      return dial('read');
    });
    if (signal.aborted) {
      first.destroy();
      throw canceled();
    }
    const { rows } = await first.query(`select current_setting('server_version') as version`, []);
    const { version } = rows[0] as Readonly<{ version: string }>;
    const server = `PostgreSQL ${/^[\d.]+/.exec(version)?.[0] ?? version}`;
    return { vendor: 'postgresql', place, server, notes: [], dialect: DIALECT, dial, mapError, first };
  } catch (error) {
    throw mapError(error);
  }
}

/** Everything is given, so that no PG* variable of the environment has a say. */
function clientConfig(settings: DatabaseSettings): pg.ClientConfig {
  const socket = settings.UNIX_SOCKET || (settings.HOST.startsWith('/') ? settings.HOST : '');
  const file = /^(.*)\/\.s\.PGSQL\.(\d+)$/.exec(socket);
  return {
    host: file ? dirname(socket) : socket || settings.HOST || 'localhost',
    port: file ? Number(file[2]) : (settings.PORT ?? PORT),
    ...(settings.USER === '' ? {} : { user: settings.USER }),
    database: settings.NAME || settings.USER,
    password: () => settings.PASSWORD ?? '',
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    application_name: 'Session Inspector',
    keepAlive: true,
    // Every value stays the text that the server sent.
    types: { getTypeParser: () => (value: string) => value },
  };
}

function dialer(config: pg.ClientConfig): Dial {
  return async (access) => {
    const client = new pg.Client(config);
    const link = new PostgresqlLink(client, config);
    await client.connect();
    return prepared(link, `${SESSION} set default_transaction_read_only = ${access === 'read' ? 'on' : 'off'};`);
  };
}

class PostgresqlLink implements Link {
  readonly #client: pg.Client;
  readonly #config: pg.ClientConfig;
  broken = false;

  constructor(client: pg.Client, config: pg.ClientConfig) {
    this.#client = client;
    this.#config = config;
    // Without a listener, a connection that ends while it is idle would end the process.
    client.on('error', () => this.#lost());
    client.on('end', () => this.#lost());
  }

  async query(text: string, parameters: readonly unknown[]): Promise<Answer> {
    const { rows, rowCount } = await this.#client.query(text, [...parameters]);
    return { rows, changed: rowCount ?? 0 };
  }

  async cancel(): Promise<void> {
    const { processID } = this.#client as pg.Client & Readonly<{ processID: number }>;
    const control = new pg.Client(this.#config);
    control.on('error', () => undefined);
    try {
      await control.connect();
      await control.query('select pg_cancel_backend($1)', [processID]);
    } finally {
      await control.end();
    }
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }

  destroy(): void {
    this.broken = true;
    // end() asks politely first; a server that does not answer must not keep the socket.
    (this.#client as pg.Client & Readonly<{ connection: Readonly<{ stream: Readonly<{ destroy(): void }> }> }>).connection.stream.destroy();
  }

  #lost(): void {
    this.broken = true;
  }
}

class Postgresql extends NetworkDatabase {
  columns({ schema, table }: TableName, signal: AbortSignal): Promise<readonly Column[]> {
    const query = sql<Column>`select attname as name, lower(format_type(atttypid, atttypmod)) as type from pg_attribute
      where attrelid = ${regclass(schema, table)} and attnum > 0 and not attisdropped order by attnum`;
    return this.rows(this.raw(query), signal);
  }

  async tablesLike(part: string, signal: AbortSignal): Promise<readonly string[]> {
    const query = sql<{ name: string }>`select case when pg_table_is_visible(c.oid) then relname else nspname || '.' || relname end as name
      from pg_class c join pg_namespace n on n.oid = relnamespace
      where relkind in ('r', 'p', 'v', 'm') and position(${part} in lower(relname)) > 0 and nspname not in ('pg_catalog', 'information_schema')
      order by 1 limit 10`;
    return (await this.rows(this.raw(query), signal)).map(({ name }) => name);
  }

  async estimate({ schema, table }: TableName, signal: AbortSignal): Promise<number | null> {
    const query = sql<{ rows: string }>`select reltuples::bigint as rows from pg_class where oid = ${regclass(schema, table)}`;
    const [row] = await this.rows(this.raw(query), signal);
    // -1 (0 before version 14): never analyzed.
    return row === undefined || Number(row.rows) <= 0 ? null : Number(row.rows);
  }
}

class WritablePostgresql extends Postgresql implements WritableDatabase {
  readonly #writer = writer(this.dial, this.mapError);
  readonly transaction = this.#writer.transaction;

  override async close(): Promise<void> {
    await this.#writer.close();
    await super.close();
  }
}

function regclass(schema: string | null, table: string) {
  return schema === null
    ? sql`to_regclass(quote_ident(${table}))`
    : sql`to_regclass(quote_ident(${schema}) || '.' || quote_ident(${table}))`;
}

const DIALECT: Dialect = {
  bytes: (column) => sql`${sql.id(column)}`,
  text: (column) => sql`cast(${sql.id(column)} as text)`,
  size: (column) => sql`octet_length(${sql.id(column)})`,
  sameBytes: (column, bytes) => sql`${sql.id(column)} = ${textOf(bytes)}`,
  sameText: (column, text) => sql`cast(${sql.id(column)} as text) = ${text}`,
  // PostgreSQL's text holds no NUL: such a key is in no table, and asking for it is an error.
  hasKey: (column, key) => (key.includes('\0') ? sql`false` : sql`${sql.id(column)} = ${key}`),
  startsWith: (column, prefix) => (prefix.includes('\0') ? sql`false` : sql`${sql.id(column)} like ${likePrefix(prefix)} escape '|'`),
  textValue: (bytes) => sql`${textOf(bytes)}`,
  dateValue: (text) => sql`cast(${text} as timestamptz)`,
  literal: (value) =>
    value === null || value === undefined ? 'NULL' : typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`,
};

function textOf(bytes: Uint8Array): string {
  const text = utf8Text(bytes);
  if (text !== null && !text.includes('\0')) return text;
  throw new InspectorError('BadValue', 'PostgreSQL holds only valid text in this column', {
    hint: 'The value came from another kind of database.',
  });
}

function postgresError(error: unknown, place: string): InspectorError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = error instanceof Error ? error.message : '';
  const make = (kind: InspectorError['code'], message: string, hint?: string) =>
    new InspectorError(kind, message, { ...(hint === undefined ? {} : { hint }), cause: error });
  if (!/^[0-9A-Z]{5}$/.test(code)) return networkError(error, place) ?? clientError(text, place, error);
  switch (code) {
    case '28P01':
      return make('LoginFailed', `${place} refuses the user or the password`, 'Check USER and enter the password again.');
    case '28000':
      return make(
        'LoginFailed',
        `${place} does not let this user in from here`,
        'pg_hba.conf has no fitting line: another user, host or TLS mode may be needed.',
      );
    case '3D000':
      return make('MissingDatabase', `The server has no such database: ${place}`, 'Check NAME in the profile.');
    case '42P01':
    case '3F000':
      return make(
        'MissingTable',
        `The table is not in ${place}`,
        'Check the table and schema in the profile, and that "manage.py migrate" was run.',
      );
    case '42703':
      return make('WrongColumns', 'The table does not have the columns of a session table', 'Check the table name in the profile.');
    case '42501':
      return make(
        'PermissionDenied',
        `The user has no permission for this table in ${place}`,
        'GRANT SELECT (and UPDATE, DELETE, INSERT to write) on it to the user.',
      );
    case '25006':
      return make('ReadOnly', `${place} is read-only`, 'It may be a replica: connect to the primary server.');
    case '57014':
      return make('Timeout', 'The server stopped the statement: it took too long');
    case '55P03':
    case '40P01':
    case '40001':
      return make('Locked', 'Another transaction holds the row', 'Nothing was changed. Try again in a moment.');
    case '53100':
      return make('DiskFull', `The disk of ${place} is full`, 'Nothing was changed.');
    case '53300':
      return make('ConnectionRefused', `${place} has no free connection slots`, 'Close other clients, or raise max_connections.');
    case '57P01':
    case '57P02':
    case '57P03':
      return make('ConnectionLost', `${place} is shutting down or starting`, 'Try again in a moment.');
    case '23505':
      return make('CreateError', 'A session with this key exists already');
    case '22001':
      return make('BadValue', 'A value is longer than its column', 'session_key holds 40 characters.');
    case '22021':
    case '22P05':
      return make('BadValue', 'A value holds characters that the database cannot store');
    default:
      return make('StoreFailed', `PostgreSQL failed with SQLSTATE ${code}`);
  }
}

/** What the driver itself says: plain words without codes. */
function clientError(text: string, place: string, cause: unknown): InspectorError {
  if (/does not support SSL|establishing an SSL/.test(text)) {
    return new InspectorError('TlsFailed', `${place} does not speak TLS`, {
      hint: 'Turn TLS on at the server, or choose "prefer" or "off".',
      cause,
    });
  }
  if (/SASL|password/i.test(text))
    return new InspectorError('LoginFailed', `${place} wants a password`, { hint: 'Enter the password in the profile.', cause });
  if (/timeout/i.test(text))
    return new InspectorError('Timeout', `No answer from ${place}`, {
      hint: 'Check HOST and PORT; a firewall may drop the packets.',
      cause,
    });
  if (/terminated|connection error|closed/i.test(text)) {
    return new InspectorError('ConnectionLost', `The connection to ${place} broke`, {
      hint: 'If this was a write, look again whether it arrived.',
      cause,
    });
  }
  return new InspectorError('StoreFailed', `The connection to ${place} failed`, { cause });
}
