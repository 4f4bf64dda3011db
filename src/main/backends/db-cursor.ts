import { InspectorError } from '../errors.ts';
import type { ListQuery } from './base.ts';
import type { Position, Row } from './db-queries.ts';

/** The position behind a row, for the next page in the same order. */
export function cursorOf(query: ListQuery, { k, d, s }: Row): string {
  const value = query.sort === 'expire_date' ? d : query.sort === 'size' ? Number(s) : '';
  return JSON.stringify([value, k]);
}

/** @throws InspectorError BadRequest */
export function readCursor(cursor: string): Position {
  const wrong = (cause?: unknown) => new InspectorError('BadRequest', 'The position in the list is not one that this list gave', { cause });
  let parsed: unknown;
  try {
    parsed = JSON.parse(cursor);
  } catch (error) {
    throw wrong(error);
  }
  const [value, key] = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [];
  if ((typeof value !== 'string' && typeof value !== 'number') || typeof key !== 'string') throw wrong();
  return { value, key };
}
