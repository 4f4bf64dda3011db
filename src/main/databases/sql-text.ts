import type { Compilable } from 'kysely';
import type { Dialect } from './database.ts';

/**
 * A statement as it runs, with its parameters written out as literals, for people to read, copy and paste.
 * Parameters are found outside quoted names and texts; the driver itself always gets them apart from the statement.
 */
export function sqlText(statement: Compilable, dialect: Dialect): string {
  const { sql, parameters } = statement.compile();
  let next = 0;
  const text = sql.replace(/"(?:[^"]|"")*"|`(?:[^`]|``)*`|'(?:[^']|'')*'|\?|\$(\d+)/g, (token, number: string | undefined) => {
    if (number !== undefined) return dialect.literal(parameters[Number(number) - 1]);
    return token === '?' ? dialect.literal(parameters[next++]) : token;
  });
  return `${text};`;
}
