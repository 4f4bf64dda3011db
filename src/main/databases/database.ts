/**
 * One database server or file, whatever its driver is. Queries are built with kysely (no text is quoted by hand) and run
 * by the driver itself, so that canceling reaches the server and every driver error becomes an InspectorError in one place.
 */
import type { Compilable, Kysely, RawBuilder, SqlBool } from 'kysely';
import type { InspectorError } from '../errors.ts';

export type Vendor = 'sqlite3' | 'postgresql' | 'mysql';

/** DATABASES['default'] as the profile has it, and its PASSWORD. */
export type DatabaseSettings = Readonly<{
  NAME: string;
  HOST: string;
  PORT: number | null;
  USER: string;
  UNIX_SOCKET: string;
  SCHEMA: string;
  TLS: 'off' | 'prefer' | 'require' | 'verify';
  TLS_CA: string;
  TLS_CERT: string;
  TLS_KEY: string;
  PASSWORD?: string;
}>;

/** A column as the server describes it; `type` in lower case. */
export type Column = Readonly<{ name: string; type: string }>;

/** A table by name, in a schema (PostgreSQL) or another database (MySQL) where one is given. */
export type TableName = Readonly<{ schema: string | null; table: string }>;

/** What the three databases say differently. Columns are names, quoted by the builder. */
export type Dialect = Readonly<{
  /** the column's value, byte for byte: read it with `bytesOf` */
  bytes(column: string): RawBuilder<unknown>;
  /** the column's value as text, exactly (dates with microseconds, UTC where the column has a zone) */
  text(column: string): RawBuilder<string | null>;
  /** number of bytes of the column's value */
  size(column: string): RawBuilder<number | string>;
  /** true where the column holds exactly these bytes, whatever its collation thinks is equal */
  sameBytes(column: string, bytes: Uint8Array): RawBuilder<SqlBool>;
  /** true where the column's text (as `text` gives it) is exactly this */
  sameText(column: string, text: string): RawBuilder<SqlBool>;
  /** the row of one key: by the index first, then exactly */
  hasKey(column: string, key: string): RawBuilder<SqlBool>;
  /** true where the column begins with exactly this */
  startsWith(column: string, prefix: string): RawBuilder<SqlBool>;
  /** bytes on their way into a text column */
  textValue(bytes: Uint8Array): RawBuilder<string>;
  /** a date's text on its way into a comparison or a column */
  dateValue(text: string): RawBuilder<string>;
  /** a value written out as SQL, for people to read and copy */
  literal(value: unknown): string;
}>;

export interface Database {
  readonly vendor: Vendor;
  /** "SQLite 3.54.1", "PostgreSQL 15.18", "MariaDB 10.11.19" */
  readonly server: string;
  /** file, or host and database name; no credentials */
  readonly place: string;
  /** what a person should know about this connection, in sentences */
  readonly notes: readonly string[];
  readonly dialect: Dialect;
  /** builds and compiles only; `rows` and `transaction` run */
  readonly build: Kysely<Record<never, never>>;
  /**
   * Runs a query in a session that cannot write. Aborting cancels it on the server too.
   * @throws InspectorError by layer; Canceled
   */
  rows<O>(query: Compilable<O>, signal: AbortSignal): Promise<readonly O[]>;
  /** @returns the columns in order; empty where there is no such table */
  columns(table: TableName, signal: AbortSignal): Promise<readonly Column[]>;
  /** names of tables that contain `part`, at most ten, for hints */
  tablesLike(part: string, signal: AbortSignal): Promise<readonly string[]>;
  /** rows by the server's statistics; null where it has none */
  estimate(table: TableName, signal: AbortSignal): Promise<number | null>;
  close(): Promise<void>;
}

/** Runs one statement of a transaction. @returns how many rows it changed */
export type Run = (statement: Compilable) => Promise<number>;

export interface WritableDatabase extends Database {
  /**
   * One transaction, after those that are running; whatever `body` throws rolls it back.
   * @throws InspectorError by layer; CreateError where a key exists already; Canceled
   */
  transaction<T>(body: (run: Run) => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** Drivers' errors become this in the file of the driver. */
export type ErrorMap = (error: unknown) => InspectorError;

/** `name` or `schema.name`; a schema of its own wins over the profile's SCHEMA. */
export function tableName(identifier: string, schema: string): TableName {
  const dot = identifier.indexOf('.');
  if (dot > 0) return { schema: identifier.slice(0, dot), table: identifier.slice(dot + 1) };
  return { schema: schema === '' ? null : schema, table: identifier };
}

/** What `Dialect.bytes` selected: binary columns come as bytes, text columns as text. */
export function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return Buffer.from(value === null || value === undefined ? '' : String(value), 'utf8');
}

/** The text of bytes that are valid UTF-8, or null. */
export function utf8Text(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** `prefix%` for LIKE with `|` as the escape character. */
export function likePrefix(prefix: string): string {
  return `${prefix.replace(/[%_|]/g, '|$&')}%`;
}
