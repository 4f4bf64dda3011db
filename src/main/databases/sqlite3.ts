import { setImmediate as immediate } from 'node:timers/promises';
import type Connection from 'better-sqlite3';
import { type Compilable, type Kysely, type RawBuilder, sql } from 'kysely';
import { InspectorError } from '../errors.ts';
import { builder } from './builder.ts';
import type { Column, Database, DatabaseSettings, Dialect, Run, TableName, WritableDatabase } from './database.ts';
import { utf8Text } from './database.ts';
import { canceled } from './network.ts';
import { serial } from './serial.ts';
import { hasLog, inspectFile, type SqliteFile, stampOf, uriOf } from './sqlite3-file.ts';

/** SQLite sleeps on this process's only thread while it waits for a lock: short where a person looks, longer where they write. */
const READ_TIMEOUT = 500;
const WRITE_TIMEOUT = 2_000;

const WAL_NOTE =
  'This database is in WAL mode: what the site has not written back yet is read from its -wal file. The database file itself stays untouched; SQLite may create the -shm file beside it.';

export function openSqlite3(settings: DatabaseSettings, signal: AbortSignal): Promise<Database> {
  return opened(settings, signal, (reader) => new Sqlite3(reader));
}

export function openWritableSqlite3(settings: DatabaseSettings, signal: AbortSignal): Promise<WritableDatabase> {
  return opened(settings, signal, (reader) => new WritableSqlite3(reader));
}

async function opened<D>(settings: DatabaseSettings, signal: AbortSignal, make: (reader: Reader) => D): Promise<D> {
  const reader = await Reader.open(await inspectFile(settings.NAME), signal);
  try {
    return make(reader);
  } catch (error) {
    reader.close();
    throw error;
  }
}

/** The driver, loaded after SQLite was told to read `file:` names as URIs: it looks at the environment once, when it is loaded. */
async function driver(): Promise<typeof Connection> {
  process.env['SQLITE_USE_URI'] = '1';
  return (await import('better-sqlite3')).default;
}

/**
 * A connection that cannot write and, while nobody else has the file open in WAL mode, leaves no trace: without a log to
 * read it opens the file as immutable, since even a read-only connection would otherwise create -wal and -shm files.
 * SQLite does not look for changes then, so this does, before and after each query.
 */
export class Reader {
  readonly file: SqliteFile;
  readonly #Connection: typeof Connection;
  #handle: Connection.Database;
  #stamp = '';
  #immutable = false;

  private constructor(file: SqliteFile, Driver: typeof Connection) {
    this.file = file;
    this.#Connection = Driver;
    this.#handle = this.#open();
  }

  static async open(file: SqliteFile, signal: AbortSignal): Promise<Reader> {
    const Driver = await driver();
    if (signal.aborted) throw canceled();
    return guarded(file.path, () => new Reader(file, Driver));
  }

  /** @param raw rows as lists of their columns */
  all(text: string, parameters: readonly unknown[], raw = false): unknown[] {
    const run = () =>
      this.#handle
        .prepare(text)
        .raw(raw)
        .all(...parameters);
    if (this.#isStale()) this.#reopen();
    const rows = run();
    if (!this.#isStale()) return rows;
    this.#reopen();
    return run();
  }

  writer(): Connection.Database {
    return new this.#Connection(uriOf(this.file.path, 'rw'), { fileMustExist: true, timeout: WRITE_TIMEOUT });
  }

  close(): void {
    this.#handle.close();
  }

  #isStale(): boolean {
    return this.#immutable && (hasLog(this.file.path) || stampOf(this.file.path) !== this.#stamp);
  }

  #reopen(): void {
    this.#handle.close();
    this.#handle = this.#open();
  }

  #open(): Connection.Database {
    this.#immutable = this.file.wal && !hasLog(this.file.path);
    this.#stamp = stampOf(this.file.path);
    const uri = uriOf(this.file.path, this.#immutable ? 'immutable' : 'ro');
    const handle = new this.#Connection(uri, { readonly: true, fileMustExist: true, timeout: READ_TIMEOUT });
    handle.pragma('query_only = on');
    // What is in the file may be hostile: no functions or virtual tables that only a trusted schema may use.
    handle.pragma('trusted_schema = off');
    return handle;
  }
}

class Sqlite3 implements Database {
  readonly vendor = 'sqlite3';
  readonly server: string;
  readonly place: string;
  readonly notes: readonly string[];
  readonly dialect = DIALECT;
  readonly build: Kysely<Record<never, never>> = builder('sqlite3');
  protected readonly reader: Reader;

  constructor(reader: Reader) {
    this.reader = reader;
    this.place = reader.file.path;
    this.notes = reader.file.wal ? [WAL_NOTE] : [];
    const [row] = guarded(this.place, () => reader.all('select sqlite_version() as version, count(*) as tables from sqlite_schema', []));
    this.server = `SQLite ${(row as Readonly<{ version: string }>).version}`;
  }

  async rows<O>(query: Compilable<O>, signal: AbortSignal): Promise<readonly O[]> {
    // The driver blocks: this lets calls and cancels through between two queries of a long loop.
    await immediate();
    if (signal.aborted) throw canceled();
    const { sql: text, parameters } = query.compile();
    // The rows are what the builder's type says it selected.
    return guarded(this.place, () => this.reader.all(text, parameters)) as O[];
  }

  columns({ table }: TableName, signal: AbortSignal): Promise<readonly Column[]> {
    return this.rows(this.#raw(sql<Column>`select name, lower(type) as type from pragma_table_info(${table})`), signal);
  }

  async tablesLike(part: string, signal: AbortSignal): Promise<readonly string[]> {
    const query = sql<{
      name: string;
    }>`select name from sqlite_schema where type in ('table', 'view') and instr(lower(name), ${part}) > 0 order by name limit 10`;
    return (await this.rows(this.#raw(query), signal)).map(({ name }) => name);
  }

  async estimate({ table }: TableName, signal: AbortSignal): Promise<number | null> {
    const analyzed = await this.rows(this.#raw(sql`select 1 from sqlite_schema where name = 'sqlite_stat1'`), signal);
    if (analyzed.length > 0) {
      const query = sql<{ rows: number | null }>`select max(cast(stat as integer)) as rows from sqlite_stat1 where tbl = ${table}`;
      const [row] = await this.rows(this.#raw(query), signal);
      if (typeof row?.rows === 'number') return row.rows;
    }
    try {
      const [row] = await this.rows(this.#raw(sql<{ rows: number | null }>`select max(rowid) as rows from ${sql.id(table)}`), signal);
      return row?.rows ?? 0;
    } catch (error) {
      // A table WITHOUT ROWID has no such column.
      if (error instanceof InspectorError && error.code === 'WrongColumns') return null;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.reader.close();
  }

  #raw<O>(query: RawBuilder<O>): Compilable<O> {
    return { compile: () => query.compile(this.build) };
  }
}

class WritableSqlite3 extends Sqlite3 implements WritableDatabase {
  readonly #serially = serial();
  #writer: Connection.Database | undefined;

  transaction<T>(body: (run: Run) => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#serially(async () => {
      await immediate();
      if (signal.aborted) throw canceled();
      this.#writer ??= guarded(this.place, () => this.reader.writer());
      const writer = this.#writer;
      const exec = (text: string) => guarded(this.place, () => writer.exec(text));
      exec('begin immediate');
      try {
        const result = await body(async (statement) => {
          if (signal.aborted) throw canceled();
          const { sql: text, parameters } = statement.compile();
          return guarded(this.place, () => writer.prepare(text).run(...parameters).changes);
        });
        exec('commit');
        return result;
      } catch (error) {
        if (writer.inTransaction) exec('rollback');
        throw error;
      }
    });
  }

  override async close(): Promise<void> {
    this.#writer?.close();
    await super.close();
  }
}

const DIALECT: Dialect = {
  bytes: (column) => sql`cast(${sql.id(column)} as blob)`,
  text: (column) => sql`cast(${sql.id(column)} as text)`,
  size: (column) => sql`octet_length(${sql.id(column)})`,
  sameBytes: (column, bytes) => sql`cast(${sql.id(column)} as blob) = ${Buffer.from(bytes)}`,
  sameText: (column, text) => sql`cast(${sql.id(column)} as text) = ${text}`,
  hasKey: (column, key) => sql`${sql.id(column)} = ${key}`,
  // LIKE folds case here; a range uses the index, and U+10FFFF sorts behind whatever may follow.
  startsWith: (column, prefix) => sql`${sql.id(column)} >= ${prefix} and ${sql.id(column)} < ${`${prefix}\u{10ffff}`}`,
  textValue: (bytes) => {
    const text = utf8Text(bytes);
    return text === null ? sql`cast(${Buffer.from(bytes)} as text)` : sql`${text}`;
  },
  dateValue: (text) => sql`${text}`,
  literal,
};

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString('hex')}'`;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = String(value);
  // SQLite reads a statement only up to a NUL character.
  return text.includes('\0') ? `CAST(X'${Buffer.from(text, 'utf8').toString('hex')}' AS TEXT)` : `'${text.replaceAll("'", "''")}'`;
}

export function guarded<T>(place: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw error instanceof InspectorError ? error : sqliteError(error, place);
  }
}

/** SQLite's result codes; messages of its own are about names and never hold values. */
function sqliteError(error: unknown, place: string): InspectorError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = error instanceof Error ? error.message : '';
  const make = (kind: InspectorError['code'], message: string, hint?: string) =>
    new InspectorError(kind, message, { ...(hint === undefined ? {} : { hint }), cause: error });
  const missing = /no such table: (.*)/.exec(text);
  if (missing)
    return make(
      'MissingTable',
      `No ${missing[1]} table in ${place}`,
      'Check the table name in the profile, and that "manage.py migrate" was run.',
    );
  if (/no such column|has no column named/.test(text)) return make('WrongColumns', `Not the columns of a session table: ${text}`);
  if (code === 'SQLITE_READONLY_ROLLBACK' || code === 'SQLITE_READONLY_RECOVERY') {
    return make(
      'Locked',
      `${place} has an interrupted transaction`,
      'Let the site open it once: it must roll back or recover the file, which is a write.',
    );
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(code))
    return make('Locked', `${place} is locked by another process`, 'Something is writing to it. Try again in a moment.');
  if (/^SQLITE_(READONLY|PERM|AUTH)/.test(code))
    return make('PermissionDenied', `${place} must not be written`, 'Check the permissions of the file and its folder.');
  if (code.startsWith('SQLITE_CANTOPEN')) {
    return make(
      'PermissionDenied',
      `${place} cannot be opened`,
      'In WAL mode SQLite needs to write beside the file; copy the file together with its -wal file to a folder of your own.',
    );
  }
  if (code === 'SQLITE_FULL')
    return make('DiskFull', `The disk of ${place} is full`, 'Nothing was changed. Free some space and try again.');
  if (code.startsWith('SQLITE_NOTADB')) return make('NotADatabase', `${place} is not an SQLite database, or it is encrypted`);
  if (code.startsWith('SQLITE_CORRUPT'))
    return make('Corrupt', `${place} is damaged`, 'Restore a backup, or try ".recover" of the sqlite3 command.');
  if (/^SQLITE_CONSTRAINT_(PRIMARYKEY|UNIQUE)/.test(code)) return make('CreateError', 'A session with this key exists already');
  if (code.startsWith('SQLITE_CONSTRAINT')) return make('BadValue', `The table refuses the row: ${code}`);
  if (code === 'SQLITE_TOOBIG') return make('LimitExceeded', 'The value is larger than SQLite holds');
  return make('StoreFailed', `SQLite failed: ${code || text.slice(0, 200)}`);
}
