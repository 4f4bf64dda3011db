import { afterAll, beforeAll } from 'vitest';
import { mysqlPlace, postgresqlPlace, sqlitePlace } from './db-places.ts';
import { type MysqlServer, startMysql } from './servers/mysql.ts';
import { type PostgresqlServer, startPostgresql } from './servers/postgresql.ts';
import { sessionStoreContract } from './suite.ts';

let postgresql: PostgresqlServer;
let mysql: MysqlServer;
beforeAll(async () => {
  [postgresql, mysql] = await Promise.all([startPostgresql(), startMysql()]);
});
afterAll(async () => {
  await postgresql?.stop();
  await mysql?.stop();
});

sessionStoreContract('db on SQLite', () => sqlitePlace(false));
sessionStoreContract('db on SQLite in WAL mode', () => sqlitePlace(true));
sessionStoreContract('db on PostgreSQL', () => postgresqlPlace(postgresql, 'contract'));
sessionStoreContract('db on MariaDB', () => mysqlPlace(mysql, 'contract'));
