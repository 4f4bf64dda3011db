import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database, DatabaseSettings, WritableDatabase } from '../../src/main/databases/database.ts';
import { openMysql, openWritableMysql } from '../../src/main/databases/mysql.ts';
import { openPostgresql, openWritablePostgresql } from '../../src/main/databases/postgresql.ts';
import { InspectorError } from '../../src/main/errors.ts';
import { forever, mysqlSettings, postgresqlSettings } from './db-places.ts';
import { freePort } from './servers/local.ts';
import { startMysql } from './servers/mysql.ts';
import { startPostgresql } from './servers/postgresql.ts';

type Subject = Readonly<{
  settings: DatabaseSettings;
  ca: string;
  password: string;
  open(settings: DatabaseSettings, signal: AbortSignal): Promise<Database>;
  openWritable(settings: DatabaseSettings, signal: AbortSignal): Promise<WritableDatabase>;
  admin(sql: string): Promise<string>;
  /** a user with a login and nothing else */
  stranger: string;
  socket: string;
  sleep: string;
  /** how many sessions run `sleep` now */
  sleeping: string;
  encrypted: string;
  kill(): Promise<void>;
  stop(): Promise<void>;
}>;

async function postgresql(): Promise<Subject> {
  const server = await startPostgresql();
  await server.admin('create database site');
  await server.admin("create role stranger login password 'x'");
  await server.admin('create table t (a integer); insert into t values (1)', 'site');
  return {
    ...server,
    settings: postgresqlSettings(server, 'site'),
    open: openPostgresql,
    openWritable: openWritablePostgresql,
    stranger: 'stranger',
    socket: server.server.folder,
    sleep: 'select pg_sleep(60)',
    sleeping: "select count(*) from pg_stat_activity where query like '%pg_sleep(60)' and state = 'active' and pid <> pg_backend_pid()",
    encrypted: 'select ssl::text as a from pg_stat_ssl where pid = pg_backend_pid()',
    kill: () => server.server.kill(),
  };
}

async function mysql(): Promise<Subject> {
  const server = await startMysql();
  await server.admin(
    "create database site; create user stranger@'%' identified by 'x'; use site; create table t (a integer); insert into t values (1)",
  );
  return {
    ...server,
    settings: mysqlSettings(server, 'site'),
    open: openMysql,
    openWritable: openWritableMysql,
    stranger: 'stranger',
    sleep: 'select sleep(60)',
    sleeping: "select count(*) from information_schema.processlist where info like '%sleep(60)%' and info not like '%processlist%'",
    encrypted:
      "select if(variable_value = '', 'false', 'true') as a from information_schema.session_status where variable_name = 'ssl_cipher'",
    kill: () => server.server.kill(),
  };
}

const raw = (database: Database, text: string) => ({ compile: () => sql<{ a: unknown }>`${sql.raw(text)}`.compile(database.build) });

describe.each([
  ['PostgreSQL', postgresql],
  ['MariaDB', mysql],
])('%s', (_, start) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await start();
  });
  afterAll(() => subject?.stop());

  const failure = async (change: Partial<DatabaseSettings>): Promise<InspectorError> => {
    const error = await subject.open({ ...subject.settings, ...change }, forever).then(
      (database) => database.close().then(() => new Error('it connected')),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof InspectorError)) throw error;
    expect(JSON.stringify([error.message, error.hint])).not.toContain(subject.password);
    return error;
  };
  const using = async <T>(settings: DatabaseSettings, body: (database: Database) => Promise<T>): Promise<T> => {
    const database = await subject.open(settings, forever);
    return body(database).finally(() => database.close());
  };
  const encrypted = (settings: DatabaseSettings) =>
    using(settings, async (database) => (await database.rows(raw(database, subject.encrypted), forever))[0]?.a);

  test('names the layer that fails', async () => {
    expect(await failure({ HOST: 'no-such-host.invalid' })).toMatchObject({ code: 'NameNotFound', hint: expect.any(String) });
    expect(await failure({ PORT: await freePort() })).toMatchObject({ code: 'ConnectionRefused', hint: expect.any(String) });
    expect(await failure({ UNIX_SOCKET: '/nonexistent/socket' })).toMatchObject({ code: 'ConnectionRefused' });
    expect(await failure({ PASSWORD: 'wrong' })).toMatchObject({ code: 'LoginFailed', hint: expect.any(String) });
    expect(await failure({ PASSWORD: '' })).toMatchObject({ code: 'LoginFailed' });
    expect(await failure({ USER: 'nobody' })).toMatchObject({ code: 'LoginFailed' });
    expect(await failure({ NAME: 'nothing' })).toMatchObject({ code: 'MissingDatabase', hint: expect.any(String) });
  });

  test('missing tables, columns and permissions', async () => {
    await using(subject.settings, async (database) => {
      await expect(database.rows(raw(database, 'select a from nothing'), forever)).rejects.toMatchObject({ code: 'MissingTable' });
      await expect(database.rows(raw(database, 'select nothing from t'), forever)).rejects.toMatchObject({ code: 'WrongColumns' });
      expect(await database.columns({ schema: null, table: 'nothing' }, forever)).toEqual([]);
      expect((await database.columns({ schema: null, table: 't' }, forever)).map(({ name }) => name)).toEqual(['a']);
    });
    const stranger = { ...subject.settings, USER: subject.stranger, PASSWORD: 'x' };
    const denied = subject
      .open(stranger, forever)
      .then(async (database) => database.rows(raw(database, 'select a from t'), forever).finally(() => database.close()));
    await expect(denied).rejects.toMatchObject({ code: 'PermissionDenied', hint: expect.stringContaining('GRANT') });
  });

  test('TLS: off, preferred, required, verified', async () => {
    expect(await encrypted({ ...subject.settings, TLS: 'off' })).toBe('false');
    for (const TLS of ['prefer', 'require'] as const) expect(await encrypted({ ...subject.settings, TLS }), TLS).toBe('true');
    expect(await encrypted({ ...subject.settings, TLS: 'verify', TLS_CA: subject.ca })).toBe('true');
    expect(await failure({ TLS: 'verify' })).toMatchObject({ code: 'TlsFailed', hint: expect.stringContaining('CA') });
    expect(await failure({ TLS: 'verify', TLS_CA: '/nonexistent.pem' })).toMatchObject({ code: 'FileUnreadable' });
    const folder = await mkdtemp(join(tmpdir(), 'inspector-tls-'));
    await writeFile(join(folder, 'odd.pem'), 'not a certificate');
    expect(await failure({ TLS: 'verify', TLS_CA: join(folder, 'odd.pem') })).toMatchObject({ code: 'TlsFailed' });
  });

  test('Unix sockets', async () => {
    expect(
      await using({ ...subject.settings, HOST: '', PORT: subject.settings.PORT, UNIX_SOCKET: subject.socket }, (database) =>
        database.rows(raw(database, 'select a from t'), forever),
      ),
    ).toHaveLength(1);
  });

  test('readers cannot write, in writable databases too', async () => {
    for (const open of [subject.open, subject.openWritable]) {
      const database = await open(subject.settings, forever);
      for (const text of ['delete from t', 'insert into t values (2)', 'update t set a = 3']) {
        await expect(database.rows(raw(database, text), forever), text).rejects.toMatchObject({ code: 'ReadOnly' });
      }
      expect(await database.rows(raw(database, 'select a from t'), forever)).toHaveLength(1);
      await database.close();
    }
  });

  test('canceling ends the statement on the server', async () => {
    const database = await subject.openWritable(subject.settings, forever);
    const abort = new AbortController();
    const running = database.rows(raw(database, subject.sleep), abort.signal);
    await expect.poll(async () => (await subject.admin(subject.sleeping)).trim(), { timeout: 10_000 }).toBe('1');
    // Others are answered meanwhile.
    expect(await database.rows(raw(database, 'select a from t'), forever)).toHaveLength(1);
    abort.abort();
    await expect(running).rejects.toMatchObject({ code: 'Canceled' });
    await expect.poll(async () => (await subject.admin(subject.sleeping)).trim(), { timeout: 10_000 }).toBe('0');
    expect(await database.rows(raw(database, 'select a from t'), forever)).toHaveLength(1);
    await database.close();
  });

  test('a call that waits for a free connection is canceled at once', async () => {
    const database = await subject.open(subject.settings, forever);
    const abort = new AbortController();
    const busy = [1, 2, 3].map(() => database.rows(raw(database, subject.sleep), abort.signal));
    const ended = Promise.allSettled(busy);
    await expect.poll(async () => (await subject.admin(subject.sleeping)).trim(), { timeout: 10_000 }).toBe('3');
    const turn = new AbortController();
    const waiting = database.rows(raw(database, 'select a from t'), turn.signal);
    const behind = database.rows(raw(database, 'select a from t'), forever);
    turn.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'Canceled' });
    abort.abort();
    await ended;
    // Nobody's turn is lost with the one who left.
    expect(await behind).toHaveLength(1);
    await database.close();
  });

  test('a canceled transaction leaves nothing', async () => {
    const database = await subject.openWritable(subject.settings, forever);
    const abort = new AbortController();
    const running = database.transaction(async (run) => {
      expect(await run(raw(database, 'insert into t values (7)'))).toBe(1);
      setTimeout(() => abort.abort(), 100);
      await run(raw(database, subject.sleep));
    }, abort.signal);
    await expect(running).rejects.toMatchObject({ code: 'Canceled' });
    expect(await database.rows(raw(database, 'select a from t'), forever)).toHaveLength(1);
    expect(await database.transaction((run) => run(raw(database, 'update t set a = 1')), forever)).toBe(1);
    await database.close();
  });

  test('a server that goes away is a lost connection, then nothing that answers', async () => {
    const database = await subject.openWritable(subject.settings, forever);
    const waiting = database.rows(raw(database, subject.sleep), forever);
    const lost = expect(waiting).rejects.toMatchObject({ code: 'ConnectionLost', hint: expect.any(String) });
    await expect.poll(async () => (await subject.admin(subject.sleeping)).trim(), { timeout: 10_000 }).toBe('1');
    await subject.kill();
    await lost;
    await expect(database.rows(raw(database, 'select a from t'), forever)).rejects.toMatchObject({
      code: expect.stringMatching(/^Connection(Lost|Refused)$/),
    });
    await expect(database.transaction((run) => run(raw(database, 'delete from t')), forever)).rejects.toMatchObject({
      code: expect.stringMatching(/^Connection(Lost|Refused)$/),
    });
    await database.close();
  });
});

test('servers without TLS: preferred falls back, required fails', async () => {
  const postgresqlServer = await startPostgresql('-c', 'ssl=off');
  const mysqlServer = await startMysql('--skip-ssl');
  const servers = [
    [openPostgresql, postgresqlSettings(postgresqlServer, 'postgres')],
    [openMysql, mysqlSettings(mysqlServer, 'mysql')],
  ] as const;
  for (const [open, settings] of servers) {
    await expect(open({ ...settings, TLS: 'require' }, forever)).rejects.toMatchObject({ code: 'TlsFailed', hint: expect.any(String) });
    const database = await open({ ...settings, TLS: 'prefer' }, forever);
    await database.close();
  }
  await postgresqlServer.stop();
  await mysqlServer.stop();
});
