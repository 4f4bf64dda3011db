/** The statements of the db engine: built once per table, run by the store. Aliases are short and no column's name, because ORDER BY would take them for it. */
import { type AliasedRawBuilder, type Compilable, type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import { type Column, type Database, type TableName, tableName } from '../databases/database.ts';
import { InspectorError } from '../errors.ts';
import type { Direction, NextSession, SortColumn, StoredSession } from './base.ts';

/** The table's name is the profile's; its columns are Django's. django/contrib/sessions/base_session.py */
type Tables = { django_session: { session_key: string; session_data: string; expire_date: string } };

/** k: key, d: expire_date, s: bytes of session_data, b: session_data or null where it is over the bound, x0..: further columns */
export type Row = Readonly<{ k: string; d: string; s: number | string | null; b: unknown } & Record<string, unknown>>;

/** What a page must be like; all optional. */
export type Filter = Readonly<{ keyPrefix?: string; liveAt?: string; expiredAt?: string; expiredBefore?: string }>;
export type Position = Readonly<{ value: string | number; key: string }>;

/** Characters of a further column that a list shows. */
const COLUMN_CHARACTERS = 1000;

export class DbQueries {
  /** further columns of the row, such as those of django-qsessions and django-user-sessions */
  readonly extra: readonly string[];
  readonly name: TableName;
  readonly #build: Kysely<Tables>;
  readonly #table: 'django_session';
  readonly #dialect: Database['dialect'];

  constructor(database: Database, name: TableName, columns: readonly Column[]) {
    this.name = name;
    const build = database.build.withTables<Tables>();
    this.#build = name.schema === null ? build : build.withSchema(name.schema);
    this.#table = name.table as 'django_session';
    this.#dialect = database.dialect;
    this.extra = columns.filter(({ name, type }) => !isOwn(name) && !/blob|bytea|binary/.test(type)).map(({ name }) => name);
  }

  /** @param bound bytes of session_data that are fetched with the row */
  page(
    filter: Filter,
    order: Readonly<{ sort: SortColumn; direction: Direction; after?: Position }>,
    limit: number,
    bound: number,
  ): Compilable<Row> {
    const direction = order.direction === 'ascending' ? 'asc' : 'desc';
    const column = this.#sortColumn(order.sort);
    return this.#rows(bound, COLUMN_CHARACTERS)
      .where((eb) =>
        eb.and([
          ...this.#conditions(filter),
          ...(order.after === undefined ? [] : [this.#behind(order.sort, order.direction, order.after)]),
        ]),
      )
      .$if(column !== null, (query) => query.orderBy(column ?? sql``, direction))
      .orderBy('session_key', direction)
      .limit(limit);
  }

  one(session_key: string, bound: number): Compilable<Row> {
    return this.#rows(bound, null).where(this.#dialect.hasKey('session_key', session_key));
  }

  /** @param bound more than this are not counted; null counts all */
  count(filter: Filter, bound: number | null): Compilable<{ n: number | string }> {
    const matching = this.#build.selectFrom(this.#table).where((eb) => eb.and(this.#conditions(filter)));
    if (bound === null) return matching.select(sql<number | string>`count(*)`.as('n'));
    const some = matching.select(sql<number>`1`.as('one')).limit(bound);
    return this.#build.selectFrom(some.as('matching')).select(sql<number | string>`count(*)`.as('n'));
  }

  update(before: StoredSession, after: NextSession): Compilable | null {
    const data = Buffer.compare(before.stored, after.stored) !== 0;
    const text = expireText(after.expiry);
    const date = expireText(before.expiry) !== text;
    if (!data && !date) return null;
    return this.#build
      .updateTable(this.#table)
      .set({
        ...(data ? { session_data: this.#dialect.textValue(after.stored) } : {}),
        ...(date ? { expire_date: this.#dialect.dateValue(text) } : {}),
      })
      .where((eb) => eb.and(this.#same(before)));
  }

  insert(session_key: string, next: NextSession): Compilable {
    // Further columns keep their text; the database makes of it what their types need.
    const further = Object.fromEntries(Object.entries(next.columns ?? {}).filter(([name]) => this.extra.includes(name)));
    return this.#build.insertInto(this.#table).values({
      session_key,
      session_data: this.#dialect.textValue(next.stored),
      expire_date: this.#dialect.dateValue(expireText(next.expiry)),
      ...further,
    });
  }

  delete(before: StoredSession): Compilable {
    return this.#build.deleteFrom(this.#table).where((eb) => eb.and(this.#same(before)));
  }

  /** @param expiredBefore the same moment as when the keys were read: what was renewed since stays */
  deleteExpired(session_keys: readonly string[], expiredBefore: string): Compilable {
    return this.#build
      .deleteFrom(this.#table)
      .where((eb) => eb.and([eb('session_key', 'in', session_keys), ...this.#conditions({ expiredBefore })]));
  }

  countExpired(session_keys: readonly string[], expiredBefore: string): Compilable<{ n: number | string }> {
    return this.#build
      .selectFrom(this.#table)
      .select(sql<number | string>`count(*)`.as('n'))
      .where((eb) => eb.and([eb('session_key', 'in', session_keys), ...this.#conditions({ expiredBefore })]));
  }

  #rows(bound: number, characters: number | null) {
    const { text, size, bytes } = this.#dialect;
    const further = this.extra.map((name, index): AliasedRawBuilder<string | null, string> => {
      const whole = text(name);
      return (characters === null ? whole : sql<string | null>`substr(${whole}, 1, ${sql.lit(characters)})`).as(`x${index}`);
    });
    return this.#build
      .selectFrom(this.#table)
      .select([text('session_key').$castTo<string>().as('k'), text('expire_date').$castTo<string>().as('d'), size('session_data').as('s')])
      .select(sql<unknown>`case when ${size('session_data')} <= ${sql.lit(bound)} then ${bytes('session_data')} end`.as('b'))
      .select(further)
      .$castTo<Row>();
  }

  #conditions({ keyPrefix, liveAt, expiredAt, expiredBefore }: Filter): Expression<SqlBool>[] {
    const compare = (operator: '>' | '<' | '<=', text: string) =>
      this.#compare(sql.id('expire_date'), operator, this.#dialect.dateValue(text));
    return [
      ...(keyPrefix === undefined || keyPrefix === '' ? [] : [this.#dialect.startsWith('session_key', keyPrefix)]),
      ...(liveAt === undefined ? [] : [compare('>', liveAt)]),
      ...(expiredAt === undefined ? [] : [compare('<=', expiredAt)]),
      ...(expiredBefore === undefined ? [] : [compare('<', expiredBefore)]),
    ];
  }

  /** Rows behind a position, in the expanded form: MariaDB reads the whole table for `(a, b) > (x, y)`. */
  #behind(sort: SortColumn, direction: Direction, after: Position): Expression<SqlBool> {
    const [strictly, orEqual] = direction === 'ascending' ? (['>', '>='] as const) : (['<', '<='] as const);
    const key = this.#compare(sql.id('session_key'), strictly, sql`${after.key}`);
    const column = this.#sortColumn(sort);
    if (column === null) return key;
    const value = sort === 'expire_date' ? this.#dialect.dateValue(String(after.value)) : sql`${sql.lit(Number(after.value))}`;
    return sql<SqlBool>`(${this.#compare(column, orEqual, value)} and (${this.#compare(column, strictly, value)} or ${key}))`;
  }

  #sortColumn(sort: SortColumn): Expression<unknown> | null {
    if (sort === 'session_key') return null;
    return sort === 'expire_date' ? sql.id('expire_date') : this.#dialect.size('session_data');
  }

  #compare(left: Expression<unknown>, operator: '>' | '>=' | '<' | '<=', right: Expression<unknown>): Expression<SqlBool> {
    return sql<SqlBool>`${left} ${sql.raw(operator)} ${right}`;
  }

  /** The row as it was seen: what compare-and-swap compares. */
  #same(before: StoredSession): Expression<SqlBool>[] {
    const { hasKey, sameBytes, sameText, size } = this.#dialect;
    return [
      hasKey('session_key', before.session_key),
      before.oversize === undefined
        ? sameBytes('session_data', before.stored)
        : sql<SqlBool>`${size('session_data')} = ${sql.lit(before.oversize)}`,
      sameText('expire_date', expireText(before.expiry)),
    ];
  }
}

/**
 * Looks the table up and checks that it can hold sessions.
 * @throws InspectorError MissingTable (with the tables that it could be), WrongColumns
 */
export async function describeTable(database: Database, identifier: string, schema: string, signal: AbortSignal): Promise<DbQueries> {
  const name = tableName(identifier, schema);
  const columns = await database.columns(name, signal);
  if (columns.length === 0) {
    const others = await database.tablesLike('session', signal);
    const hint =
      others.length === 0 ? 'Run "manage.py migrate", or choose another database.' : `Tables here that could be it: ${others.join(', ')}.`;
    throw new InspectorError('MissingTable', `No ${identifier} table in ${database.place}`, { hint });
  }
  const missing = ['session_key', 'session_data', 'expire_date'].filter((own) => !columns.some(({ name }) => name === own));
  if (missing.length > 0) {
    throw new InspectorError('WrongColumns', `${identifier} has no column ${missing.join(', ')}`, {
      hint: 'It is not a session table of Django; check the name in the profile.',
    });
  }
  return new DbQueries(database, name, columns);
}

function isOwn(name: string): boolean {
  return name === 'session_key' || name === 'session_data' || name === 'expire_date';
}

function expireText(expiry: NextSession['expiry']): string {
  if (expiry.source === 'expire_date') return expiry.text;
  throw new InspectorError('BadValue', `A row ends at its expire_date, not at a ${expiry.source}`);
}
