/** Who a session belongs to: the site's user table, auth_user or a custom one. It is read, never written. */
import { type Compilable, type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import { type Column, type Database, type TableName, tableName } from '../databases/database.ts';

/** As the profile names the table and its columns; '' = there is no such column. */
export type UserTableNames = Readonly<{ table: string; id: string; username: string; email: string; password: string; is_active: string }>;

/** `password` is the hash that the session's auth hash is made from; it stays in this process. */
export type UserRow = Readonly<{ id: string; username: string; email: string | null; is_active: boolean | null; password: string | null }>;

export interface Users {
  /** what could not be had and why, in sentences */
  readonly notes: readonly string[];
  /** true where all of the site's users are here: an id that is not found is a user who does not exist */
  readonly complete: boolean;
  /** the users of these ids (`_auth_user_id`, always text), by the ids as given; unknown ones are left out */
  get(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, UserRow>>;
  /** by id, user name or e-mail, letter case aside; at most 50 */
  find(text: string, signal: AbortSignal): Promise<readonly UserRow[]>;
}

type Tables = { auth_user: Record<string, unknown> };
type Row = Readonly<{ i: string; u: string | null; e?: string | null; a?: string | null; p?: string | null }>;

const FOUND = 50;
const IDS = 500;

/** A site without a readable user table still has sessions, so that what is missing is a note and not an error. */
export async function openUsers(database: Database, names: UserTableNames, SCHEMA: string, signal: AbortSignal): Promise<Users> {
  const name = tableName(names.table, SCHEMA);
  const columns = await database.columns(name, signal);
  const has = (column: string) => column !== '' && columns.some((one) => one.name === column);
  if (columns.length === 0) return noUsers(`There is no ${names.table} table in this database: users are shown by their ids.`);
  const needed = [names.id, names.username].filter((column) => !has(column));
  if (needed.length > 0) return noUsers(`${names.table} has no column ${needed.join(', ')}: users are shown by their ids.`);
  const wanted = [names.email, names.password, names.is_active].filter((column) => column !== '' && !has(column));
  const notes = wanted.map((column) => `${names.table} has no column ${column}.`);
  const known = (column: string) => (has(column) ? column : '');
  return new UserTable(
    database,
    name,
    columns,
    { ...names, email: known(names.email), password: known(names.password), is_active: known(names.is_active) },
    notes,
  );
}

/** For a profile without a user table at hand. */
export function noUsers(note?: string): Users {
  return { notes: note === undefined ? [] : [note], complete: false, get: async () => new Map(), find: async () => [] };
}

class UserTable implements Users {
  readonly notes: readonly string[];
  readonly complete = true;
  readonly #database: Database;
  readonly #build: Kysely<Tables>;
  readonly #table: 'auth_user';
  readonly #names: UserTableNames;
  readonly #idType: string;

  constructor(database: Database, name: TableName, columns: readonly Column[], names: UserTableNames, notes: readonly string[]) {
    this.notes = notes;
    this.#database = database;
    const build = database.build.withTables<Tables>();
    this.#build = name.schema === null ? build : build.withSchema(name.schema);
    // The table's name is the profile's.
    this.#table = name.table as 'auth_user';
    this.#names = names;
    this.#idType = columns.find((column) => column.name === names.id)?.type ?? '';
  }

  async get(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, UserRow>> {
    const wanted = new Map<string, string[]>();
    for (const id of new Set(ids)) {
      const stored = storedId(id, this.#idType, this.#database.vendor);
      if (stored !== null) wanted.set(stored, [...(wanted.get(stored) ?? []), id]);
    }
    const users = new Map<string, UserRow>();
    const stored = [...wanted.keys()];
    for (let start = 0; start < stored.length; start += IDS) {
      const list = sql.join(stored.slice(start, start + IDS).map((id) => sql`${id}`));
      const rows = await this.#database.rows(this.#select([sql<SqlBool>`${sql.id(this.#names.id)} in (${list})`], IDS), signal);
      for (const row of rows) for (const id of wanted.get(row.i) ?? []) users.set(id, userOf(row));
    }
    return users;
  }

  async find(text: string, signal: AbortSignal): Promise<readonly UserRow[]> {
    const { username, email, id } = this.#names;
    const stored = storedId(text, this.#idType, this.#database.vendor);
    const lower = (column: string) => sql<SqlBool>`lower(${sql.id(column)}) = lower(${text})`;
    const either: Expression<SqlBool>[] = [
      lower(username),
      ...(email === '' ? [] : [lower(email)]),
      ...(stored === null ? [] : [sql<SqlBool>`${sql.id(id)} = ${stored}`]),
    ];
    return (await this.#database.rows(this.#select(either, FOUND), signal)).map(userOf);
  }

  #select(either: readonly Expression<SqlBool>[], limit: number): Compilable<Row> {
    const { text } = this.#database.dialect;
    const { id, username, email, password, is_active } = this.#names;
    return this.#build
      .selectFrom(this.#table)
      .select([text(id).as('i'), text(username).as('u')])
      .$if(email !== '', (query) => query.select(text(email).as('e')))
      .$if(is_active !== '', (query) => query.select(text(is_active).as('a')))
      .$if(password !== '', (query) => query.select(text(password).as('p')))
      .where((eb) => eb.or([...either]))
      .orderBy(sql.id(id))
      .limit(limit)
      .$castTo<Row>();
  }
}

function userOf({ i, u, e, a, p }: Row): UserRow {
  return {
    id: i,
    username: u ?? '',
    email: e ?? null,
    is_active: a === undefined || a === null ? null : ['1', 't', 'true'].includes(a.toLowerCase()),
    password: p ?? null,
  };
}

/** Largest values of PostgreSQL's narrower integers, which it refuses to compare with more. */
const INTEGERS: Readonly<Record<string, bigint>> = { smallint: 2n ** 15n - 1n, integer: 2n ** 31n - 1n };

/**
 * An id as the column holds it, or null where it cannot be in this column. Sessions keep `value_to_string()` of the key:
 * digits, or a UUID with dashes, which SQLite and MySQL store without them.
 */
function storedId(id: string, type: string, vendor: Database['vendor']): string | null {
  if (/int|serial|numeric|decimal|number/.test(type)) {
    if (!/^-?\d{1,19}$/.test(id)) return null;
    const value = BigInt(id);
    const largest = (vendor === 'postgresql' ? INTEGERS[type] : undefined) ?? 2n ** 63n - 1n;
    return value > largest || value < -largest - 1n ? null : value.toString();
  }
  const uuid = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(id) ? id.toLowerCase() : null;
  if (type === 'uuid') return uuid;
  if (uuid !== null && /char\(32\)/.test(type)) return uuid.replaceAll('-', '');
  return id.includes('\0') ? null : id;
}
