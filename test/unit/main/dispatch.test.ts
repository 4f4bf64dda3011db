import { describe, expect, test } from 'vitest';
import { dispatch } from '../../../src/main/dispatch.ts';
import { InspectorError } from '../../../src/main/errors.ts';
import { isBounded } from '../../../src/main/input-size.ts';
import { api, type Handlers } from '../../../src/preload/api.ts';

const signal = new AbortController().signal;

/** Handlers that answer with what reached them. */
function echo(overrides: Partial<Handlers> = {}): Handlers {
  const all = Object.fromEntries(Object.keys(api).map((name) => [name, async (input: unknown) => input]));
  return { ...(all as unknown as Handlers), ...overrides };
}

async function errorOf(method: unknown, input: unknown, handlers = echo()) {
  const reply = await dispatch(handlers, method, input, signal, () => undefined);
  if (reply.ok) throw new Error(`answered ${JSON.stringify(reply.value)}`);
  return reply.error;
}

test('every method of the contract reaches its handler, parsed', async () => {
  const input = { connection: 'c', job: { kind: 'clear_expired', dryRun: true } };
  const reply = await dispatch(echo(), 'jobs.start', input, signal, () => undefined);
  expect(reply).toEqual({ ok: true, value: { connection: 'c', job: { kind: 'clear_expired', dryRun: true, batch: 500, pause: 20 } } });
});

test.each([undefined, null, 7, {}, [], ['app.info'], '', 'app', 'constructor', 'toString', '__proto__', 'hasOwnProperty', 'app.info '])(
  'the method %j does not exist',
  async (method) => {
    expect(await errorOf(method, {})).toEqual({ code: 'BadRequest', message: 'There is no such method' });
  },
);

describe('bad input', () => {
  const LISTED = { sort: 'session_key', direction: 'ascending', limit: 5 };
  test.each([
    ['app.info', undefined, 'app.info: input: '],
    ['app.info', { marker: 1 }, 'app.info: input: has fields that are not known'],
    ['profiles.remove', { id: 'MARKER/../x' }, 'profiles.remove: id: '],
    ['sessions.list', { connection: 'c', query: { ...LISTED, limit: 501 } }, 'sessions.list: query.limit: '],
    ['sessions.list', { connection: 'c', query: { ...LISTED, sort: 'marker' } }, 'sessions.list: query.sort: '],
    ['sessions.get', { connection: 'c', session_key: ['marker'] }, 'sessions.get: session_key: '],
    ['profiles.save', { profile: { id: 'a', name: 'A' }, secrets: { SECRET_KEY: { marker: 1 } } }, 'profiles.save: secrets.SECRET_KEY: '],
    ['profiles.save', { profile: { id: 'a', name: 'A', PASSWORD: 'marker' }, secrets: {} }, 'profiles.save: profile: has fields'],
  ])('of %s is named by its field and not quoted', async (method, input, message) => {
    const error = await errorOf(method, input);
    expect(error.code).toBe('BadRequest');
    expect(error.message).toContain(message);
    expect(error.message.toLowerCase()).not.toContain('marker');
  });

  test('names the first faults of many', async () => {
    const error = await errorOf('jobs.start', { connection: 1, job: { kind: 'delete', session_keys: Array(5000).fill(0) } });
    expect(error.message.split(';')).toHaveLength(3);
  });
});

describe('what a handler throws', () => {
  test('crosses as data', async () => {
    const handlers = echo({ 'app.info': () => Promise.reject(new InspectorError('Locked', 'The database is locked', { hint: 'Wait.' })) });
    expect(await errorOf('app.info', {}, handlers)).toEqual({ code: 'Locked', message: 'The database is locked', hint: 'Wait.' });
  });

  test('is told to the log where it is a defect', async () => {
    const thrown: unknown[] = [];
    const handlers = echo({
      'app.info': () => {
        throw new TypeError('a defect');
      },
    });
    const reply = await dispatch(handlers, 'app.info', {}, signal, (defect) => thrown.push(defect));
    expect(reply).toMatchObject({ ok: false, error: { code: 'Internal' } });
    expect(thrown).toEqual([new TypeError('a defect')]);
  });

  test('after a cancel is Canceled, and a canceled call does not start', async () => {
    const abort = new AbortController();
    abort.abort();
    const reply = await dispatch(echo(), 'app.info', {}, abort.signal, () => undefined);
    expect(reply).toEqual({ ok: false, error: { code: 'Canceled', message: 'Canceled' } });
  });
});

describe('the size of what comes over the bridge', () => {
  const LIMITS = { characters: 100, values: 50, depth: 5 };
  let deep: unknown = 'x';
  for (let depth = 0; depth < 6; depth += 1) deep = [deep];

  test.each([
    ['nothing', undefined, true],
    ['a small object', { a: [1, 'two', null, { three: true }] }, true],
    ['a text at the limit', 'x'.repeat(100), true],
    ['a text over it', 'x'.repeat(101), false],
    ['many texts over it together', Array(11).fill('x'.repeat(10)), false],
    ['long names', { ['x'.repeat(101)]: 1 }, false],
    ['too many values', Array(51).fill(0), false],
    ['too deep', deep, false],
    ['bytes', new Uint8Array(1), false],
    ['a map', new Map([['x'.repeat(200), 1]]), false],
    ['a set', new Set(['x'.repeat(200)]), false],
  ])('%s: %#', (_, input, bounded) => {
    expect(isBounded(input, LIMITS)).toBe(bounded);
  });

  test('fits the largest draft with the largest edit, and not much more', () => {
    const MIB = 1024 * 1024;
    const [draft, edit] = ['d'.repeat(96 * MIB), 'e'.repeat(64 * MIB)];
    expect(isBounded({ draft: { payload: draft }, edit: { text: edit } })).toBe(true);
    expect(isBounded([draft, edit, edit])).toBe(false);
  });
});
