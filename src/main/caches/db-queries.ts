/** The statements of the database cache: built here, run by the cache. Aliases are no column's name. */
import { type Compilable, type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import type { Database, TableName } from '../databases/database.ts';
import { InspectorError } from '../errors.ts';
import type { CacheEntry, CacheQuery, KeyPattern, NextEntry } from './base.ts';

type Tables = { cache: { cache_key: string; value: string; expires: string } };

/** k: cache_key, d: expires, s: bytes of value, b: value or null where it is over the bound */
export type Row = Readonly<{ k: string; d: string; s: number | string | null; b: unknown }>;
type Filter = Readonly<{ before?: string; notBefore?: string }>;

/** What set() stores for timeout None: the last moment of datetime.max, without microseconds. */
const NEVER = '9999-12-31 23:59:59';

export class DbCacheQueries {
  readonly #build: Kysely<Tables>;
  readonly #table: 'cache';
  readonly #dialect: Database['dialect'];

  constructor(database: Database, name: TableName) {
    const build = database.build.withTables<Tables>();
    this.#build = name.schema === null ? build : build.withSchema(name.schema);
    // The table's name is the profile's; its columns are Django's.
    this.#table = name.table as 'cache';
    this.#dialect = database.dialect;
  }

  page(pattern: KeyPattern, filter: Filter, query: CacheQuery, limit: number, bound: number): Compilable<Row> {
    const direction = query.direction === 'ascending' ? 'asc' : 'desc';
    const column = this.#sortColumn(query);
    return this.#rows(bound)
      .where((eb) => eb.and([...this.#conditions(pattern, filter), ...this.#behind(query)]))
      .$if(column !== null, (select) => select.orderBy(column ?? sql``, direction))
      .orderBy('cache_key', direction)
      .limit(limit);
  }

  one(key: string, bound: number): Compilable<Row> {
    return this.#rows(bound).where(this.#dialect.hasKey('cache_key', key));
  }

  count(pattern: KeyPattern, filter: Filter): Compilable<{ n: number | string }> {
    return this.#build
      .selectFrom(this.#table)
      .select(sql<number | string>`count(*)`.as('n'))
      .where((eb) => eb.and(this.#conditions(pattern, filter)));
  }

  update(before: CacheEntry, after: NextEntry): Compilable | null {
    const data = Buffer.compare(before.value, after.value) !== 0;
    const text = textOf(after);
    const date = textOf(before) !== text;
    if (!data && !date) return null;
    return this.#build
      .updateTable(this.#table)
      .set({
        ...(data ? { value: this.#dialect.textValue(after.value) } : {}),
        ...(date ? { expires: this.#dialect.dateValue(text) } : {}),
      })
      .where((eb) => eb.and(this.#same(before)));
  }

  insert(key: string, next: NextEntry): Compilable {
    const values = { cache_key: key, value: this.#dialect.textValue(next.value), expires: this.#dialect.dateValue(textOf(next)) };
    return this.#build.insertInto(this.#table).values(values);
  }

  delete(before: CacheEntry): Compilable {
    return this.#build.deleteFrom(this.#table).where((eb) => eb.and(this.#same(before)));
  }

  drop(key: string): Compilable {
    return this.#build.deleteFrom(this.#table).where(this.#dialect.hasKey('cache_key', key));
  }

  cursor({ sort }: CacheQuery, { k, d, s }: Row): string {
    return JSON.stringify([sort === 'expire_date' ? d : Number(s), k]);
  }

  #rows(bound: number) {
    const { text, size, bytes } = this.#dialect;
    return this.#build
      .selectFrom(this.#table)
      .select([text('cache_key').$castTo<string>().as('k'), text('expires').$castTo<string>().as('d'), size('value').as('s')])
      .select(sql<unknown>`case when ${size('value')} <= ${sql.lit(bound)} then ${bytes('value')} end`.as('b'))
      .$castTo<Row>();
  }

  #conditions({ head, except }: KeyPattern, { before, notBefore }: Filter): Expression<SqlBool>[] {
    return [
      ...(head === '' ? [] : [this.#dialect.startsWith('cache_key', head)]),
      ...(except === undefined ? [] : [sql<SqlBool>`not (${this.#dialect.startsWith('cache_key', except)})`]),
      ...(before === undefined ? [] : [compare(sql.id('expires'), '<', this.#dialect.dateValue(before))]),
      ...(notBefore === undefined ? [] : [compare(sql.id('expires'), '>=', this.#dialect.dateValue(notBefore))]),
    ];
  }

  /** Rows behind the cursor, in the expanded form: MariaDB reads the whole table for `(a, b) > (x, y)`. */
  #behind(query: CacheQuery): Expression<SqlBool>[] {
    if (query.cursor === undefined) return [];
    const [value, key] = parseCursor(query.cursor);
    const [strictly, orEqual] = query.direction === 'ascending' ? (['>', '>='] as const) : (['<', '<='] as const);
    const behindKey = compare(sql.id('cache_key'), strictly, sql`${key}`);
    const column = this.#sortColumn(query);
    if (column === null) return [behindKey];
    const bound = query.sort === 'expire_date' ? this.#dialect.dateValue(String(value)) : sql`${sql.lit(Number(value))}`;
    return [sql<SqlBool>`(${compare(column, orEqual, bound)} and (${compare(column, strictly, bound)} or ${behindKey}))`];
  }

  #sortColumn({ sort }: CacheQuery): Expression<unknown> | null {
    if (sort === 'session_key') return null;
    return sort === 'expire_date' ? sql.id('expires') : this.#dialect.size('value');
  }

  /** The row as it was seen: what compare-and-swap compares. */
  #same(before: CacheEntry): Expression<SqlBool>[] {
    const { hasKey, sameBytes, sameText, size } = this.#dialect;
    return [
      hasKey('cache_key', before.key),
      before.oversize === undefined ? sameBytes('value', before.value) : sql<SqlBool>`${size('value')} = ${sql.lit(before.oversize)}`,
      sameText('expires', textOf(before)),
    ];
  }
}

function compare(left: Expression<unknown>, operator: '>' | '>=' | '<' | '<=', right: Expression<unknown>): Expression<SqlBool> {
  return sql<SqlBool>`${left} ${sql.raw(operator)} ${right}`;
}

function textOf({ expiry }: Pick<NextEntry, 'expiry'>): string {
  if (expiry.source === 'cache') return expiry.text ?? NEVER;
  throw new InspectorError('BadValue', 'A row of the cache table ends at a date, not after a TTL');
}

function parseCursor(cursor: string): readonly [value: string | number, key: string] {
  const [value, key] = jsonArray(cursor);
  if ((typeof value === 'string' || typeof value === 'number') && typeof key === 'string') return [value, key];
  throw new InspectorError('BadRequest', 'The position in the list is not one that this list gave');
}

function jsonArray(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
