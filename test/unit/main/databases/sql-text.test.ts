import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { builder } from '../../../../src/main/databases/builder.ts';
import { likePrefix, tableName } from '../../../../src/main/databases/database.ts';
import { sqlText } from '../../../../src/main/databases/sql-text.ts';

type Tables = { 'odd?"$1': { 'co?l': string } };
const DIALECT = { literal: (value: unknown) => `<${String(value)}>` } as Parameters<typeof sqlText>[1];

describe.each(['sqlite3', 'postgresql', 'mysql'] as const)('a statement written out (%s)', (vendor) => {
  const build = builder(vendor).withTables<Tables>();

  test('has its values where they run, also beside names and texts that look like parameters', () => {
    const statement = build
      .updateTable('odd?"$1')
      .set({ 'co?l': '$1?' })
      .where(sql<boolean>`${sql.id('co?l')} like ${'two'} escape '?'`)
      .where('co?l', '=', "it's");
    const text = sqlText(statement, DIALECT);
    expect(text).toContain('<$1?>');
    expect(text).toContain("like <two> escape '?'");
    expect(text).toContain("= <it's>;");
    expect(text.match(/<[^>]*>/g)).toHaveLength(3);
  });
});

test('names of tables: alone, with a schema before them, or with the profile’s', () => {
  expect(tableName('django_session', '')).toEqual({ schema: null, table: 'django_session' });
  expect(tableName('django_session', 'site')).toEqual({ schema: 'site', table: 'django_session' });
  expect(tableName('own.sessions', 'site')).toEqual({ schema: 'own', table: 'sessions' });
});

test('what LIKE takes specially is taken as it is', () => {
  expect(likePrefix('a%b_c|d')).toBe('a|%b|_c||d%');
});
