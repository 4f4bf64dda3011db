/** How one row is written by compare-and-swap, whatever the row holds: the session tables and the cache tables do it alike. */
import type { Compilable } from 'kysely';
import { InspectorError } from '../errors.ts';
import type { WritableDatabase } from './database.ts';
import { sqlText } from './sql-text.ts';

/** Statements about one row. `B` is the row as it was seen, which update and delete compare with what is there. */
export type RowStatements<B, N> = Readonly<{
  insert(key: string, next: N): Compilable;
  /** null where nothing differs */
  update(before: B, after: N): Compilable | null;
  delete(before: B): Compilable;
}>;

/** The statement of a change, as people read and copy it. @param change `before` null creates, `after` null deletes, both null is nothing */
export function rowStatement<B, N>(
  database: WritableDatabase,
  statements: RowStatements<B, N>,
  { key, before, after }: Readonly<{ key: string; before: B | null; after: N | null }>,
): readonly Readonly<{ language: 'sql'; text: string }>[] {
  const statement =
    before === null
      ? after && statements.insert(key, after)
      : after === null
        ? statements.delete(before)
        : statements.update(before, after);
  return statement === null ? [] : [{ language: 'sql', text: sqlText(statement, database.dialect) }];
}

/** Runs an update that must find its row as it was seen. @param what the row is to people @throws InspectorError UpdateError */
export async function swapRow(
  database: WritableDatabase,
  update: Compilable,
  what: 'session' | 'entry',
  signal: AbortSignal,
): Promise<void> {
  await database.transaction(async (run) => {
    if ((await run(update)) === 1) return;
    throw new InspectorError('UpdateError', `The ${what} was changed or deleted since it was read`, {
      hint: 'Nothing was written. Compare both versions.',
    });
  }, signal);
}

/** Deletes rows in one transaction, each only if it is as it was seen. @returns those that went */
export function deleteRows<B>(
  database: WritableDatabase,
  rows: readonly B[],
  statement: (row: B) => Compilable,
  signal: AbortSignal,
): Promise<readonly B[]> {
  return database.transaction(async (run) => {
    const gone: B[] = [];
    for (const row of rows) if ((await run(statement(row))) === 1) gone.push(row);
    return gone;
  }, signal);
}
