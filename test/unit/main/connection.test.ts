import { describe, expect, test } from 'vitest';
import { Connection, type ConnectOptions } from '../../../src/main/connection-client.ts';
import type { FromProcess, ServedInspector, ServedOptions, ToProcess } from '../../../src/main/connection-protocol.ts';
import { serveConnection } from '../../../src/main/connection-server.ts';
import type { BeforeImage, Recorder } from '../../../src/main/recorder.ts';
import { Profile } from '../../../src/preload/api.ts';
import { PATIENCE } from './core.ts';
import { inProcess } from './in-process.ts';
import { smallInspectors } from './small-inspector.ts';

const PROFILE = Profile.parse({ id: 'shop', name: 'Shop' });
const never = () => new AbortController().signal;
const get = (session_key: string) => ['sessions.get', { connection: 'c', session_key }] as const;

type Kept = { images: readonly BeforeImage[]; recorder: Recorder };
function remembering(): Kept {
  const kept: Kept = {
    images: [],
    recorder: {
      begin: async () => 'activity-1',
      keep: async (_id, images) => {
        kept.images = images;
      },
      end: async () => undefined,
    },
  };
  return kept;
}

async function connect(open: (options: ServedOptions) => Promise<ServedInspector>, stubborn = false, given: Partial<ConnectOptions> = {}) {
  const twin = inProcess(open, stubborn);
  const logged: string[] = [];
  const options = { profile: PROFILE, secrets: {}, recorder: remembering().recorder, emit: () => undefined, patience: PATIENCE };
  const opened = await Connection.open(twin, { ...options, log: (message) => logged.push(message), ...given }, never());
  return { ...opened, twin, logged };
}

describe('a call', () => {
  test('is answered, also with an error', async () => {
    const { connection } = await connect(smallInspectors(new Map([['a', 'x']])).open);
    expect(await connection.call(...get('b'), never())).toBeNull();
    await expect(connection.call(...get('defect'), never())).rejects.toMatchObject({ code: 'Internal', message: 'TypeError: a defect' });
    await connection.close();
  });

  test('that fails by a defect is logged with where it was, and without its message, which may quote data', async () => {
    const { connection, logged } = await connect(smallInspectors().open);
    await expect(connection.call(...get('defect'), never())).rejects.toMatchObject({ code: 'Internal' });
    expect(logged).toEqual([expect.stringMatching(/^connection process: TypeError\n +at .*small-inspector/)]);
    expect(logged.join()).not.toContain('a defect');
    await connection.close();
  });

  test('that is canceled answers Canceled, and the connection lives on', async () => {
    const { connection, twin } = await connect(smallInspectors().open);
    const abort = new AbortController();
    const slow = connection.call(...get('slow'), abort.signal);
    setTimeout(() => abort.abort(), 10);
    await expect(slow).rejects.toMatchObject({ code: 'Canceled' });
    expect(await connection.call(...get('b'), never())).toBeNull();
    expect(twin.killed()).toEqual([]);
    await connection.close();
  });

  test('that is canceled and hangs ends the process, and every other call with it', async () => {
    const { connection, twin } = await connect(smallInspectors().open);
    const abort = new AbortController();
    const hanging = connection.call(...get('hang'), abort.signal);
    const other = connection.call(...get('hang'), never());
    abort.abort();
    await expect(hanging).rejects.toMatchObject({ code: 'ProcessGone', message: expect.stringContaining('did not answer') });
    await expect(other).rejects.toMatchObject({ code: 'ProcessGone' });
    expect(twin.killed()).toEqual([false]);
    expect(await connection.ended).toMatchObject({ code: 'ProcessGone' });
  });

  test('on a process that is gone or closed is refused', async () => {
    const { connection, twin } = await connect(smallInspectors().open);
    twin.crash(11);
    await expect(connection.call(...get('a'), never())).rejects.toMatchObject({ code: 'ProcessGone' });
    expect(await connection.ended).toMatchObject({ code: 'ProcessGone', message: expect.stringContaining('code 11') });
  });

  test('of a method that a connection does not have is refused in the process too', async () => {
    const { connection } = await connect(smallInspectors().open);
    for (const method of ['profiles.list', 'constructor', '__proto__']) {
      await expect(connection.call(method as 'sessions.get', {}, never())).rejects.toMatchObject({ code: 'BadRequest' });
    }
    await connection.close();
  });

  test('whose answer cannot cross is answered with an error', async () => {
    const { open } = smallInspectors();
    const strange = async (options: ServedOptions): Promise<ServedInspector> => {
      const inspector = await open(options);
      const answer = (() => Promise.resolve({ strange: () => undefined })) as never;
      return { ...inspector, handlers: { ...inspector.handlers, 'sessions.count': answer } };
    };
    const { connection } = await connect(strange);
    const count = connection.call('sessions.count', { connection: 'c', exact: true }, never());
    await expect(count).rejects.toMatchObject({ code: 'Internal' });
    await connection.close();
  });
});

describe('opening', () => {
  test('that is canceled or takes too long ends the process', async () => {
    const stuck = () => new Promise<never>(() => undefined);
    const abort = new AbortController();
    const twin = inProcess(stuck);
    const options = { profile: PROFILE, secrets: {}, recorder: remembering().recorder, emit: () => undefined, log: () => undefined };
    const opening = Connection.open(twin, { ...options, patience: PATIENCE }, abort.signal);
    abort.abort();
    await expect(opening).rejects.toMatchObject({ code: 'Canceled' });
    expect(twin.killed()).toEqual([false]);
    const slow = inProcess(stuck, true);
    await expect(Connection.open(slow, { ...options, patience: { ...PATIENCE, open: 30 } }, never())).rejects.toMatchObject({
      code: 'Timeout',
    });
    await expect.poll(() => slow.killed()).toEqual([false, true]);
  });

  test('that crashes is told as a crash', async () => {
    const twin = inProcess(() => new Promise<never>(() => undefined));
    setTimeout(() => twin.crash(5), 5);
    await expect(
      Connection.open(
        twin,
        {
          profile: PROFILE,
          secrets: {},
          recorder: remembering().recorder,
          emit: () => undefined,
          log: () => undefined,
          patience: PATIENCE,
        },
        never(),
      ),
    ).rejects.toMatchObject({ code: 'ProcessGone' });
  });
});

describe('closing', () => {
  test('is answered by the process itself', async () => {
    const { connection, twin } = await connect(smallInspectors().open);
    await connection.close();
    await connection.close();
    expect(await connection.ended).toBeNull();
    expect(twin.killed()).toEqual([]);
  });

  test('lets a write that has begun end whole, before the store is closed', async () => {
    const { open } = smallInspectors(new Map([['a', 'old']]));
    const order: string[] = [];
    const slow = async (options: ServedOptions): Promise<ServedInspector> => {
      const inspector = await open(options);
      const apply: ServedInspector['handlers']['sessions.apply'] = async (input, signal) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const answer = await inspector.handlers['sessions.apply'](input, signal);
        order.push('written');
        return answer;
      };
      const close = async () => void order.push('closed');
      return { ...inspector, handlers: { ...inspector.handlers, 'sessions.apply': apply }, close };
    };
    const { connection } = await connect(slow);
    const input = { connection: 'c', session_key: 'a', revision: 'r', draft: { serializer: 'json', payload: 'new' }, expiry: 'keep' };
    const applied = connection.call('sessions.apply', input, never());
    await connection.close();
    expect(await applied).toMatchObject({ outcome: 'applied' });
    expect(order).toEqual(['written', 'closed']);
  });

  test('goes from waiting to asking to ending', async () => {
    const { connection, twin } = await connect(smallInspectors().open, true);
    const waiting = connection.call(...get('hang'), never());
    const refused = expect(waiting).rejects.toMatchObject({ code: 'ProcessGone' });
    await connection.close();
    await refused;
    expect(twin.killed()).toEqual([false, true]);
    expect(await connection.ended).toBeNull();
  });
});

describe('what a process records', () => {
  test('is kept before the write goes on, and a refusal stops the write', async () => {
    const rows = new Map([['a', 'old']]);
    const refusing: Recorder = { ...remembering().recorder, keep: () => Promise.reject(new Error('disk')) };
    const { connection } = await connect(smallInspectors(rows).open, false, { recorder: refusing });
    const input = { connection: 'c', session_key: 'a', revision: 'r', draft: { serializer: 'json', payload: 'new' }, expiry: 'keep' };
    await expect(connection.call('sessions.apply', input, never())).rejects.toMatchObject({ code: 'Internal' });
    expect(rows.get('a')).toBe('old');
    await connection.close();
  });

  test('crosses without the buffer that it is a part of', async () => {
    const kept = remembering();
    const { connection } = await connect(smallInspectors(new Map([['a', 'old']])).open, false, { recorder: kept.recorder });
    const input = { connection: 'c', session_key: 'a', revision: 'r', draft: { serializer: 'json', payload: 'new' }, expiry: 'keep' };
    await connection.call('sessions.apply', input, never());
    const stored = kept.images[0]?.before?.stored;
    expect(Buffer.from(stored ?? []).toString()).toBe('old');
    expect(stored?.buffer.byteLength).toBe(3);
    await connection.close();
  });
});

test('a process that failed to open answers calls with that, not with silence', async () => {
  const sent: FromProcess[] = [];
  const listeners: ((message: ToProcess) => void)[] = [];
  const port = {
    post: (message: FromProcess) => void sent.push(message),
    listen: (listener: (message: ToProcess) => void) => void listeners.push(listener),
  };
  serveConnection(port, {
    open: () => Promise.reject(new Error('no')),
    moveDates: async () => undefined,
    importProfile: () => Promise.reject(new Error('no')),
    test: async () => [],
    now: Date.now,
    randomBytes: (count) => new Uint8Array(count),
    end: () => undefined,
  });
  listeners[0]?.({ type: 'open', profile: null, secrets: {} });
  listeners[0]?.({ type: 'call', id: 7, method: 'sessions.get', input: {}, context: null });
  await expect.poll(() => sent.length).toBe(2);
  expect(sent).toContainEqual(expect.objectContaining({ type: 'failed' }));
  expect(sent).toContainEqual(expect.objectContaining({ type: 'reply', id: 7, reply: expect.objectContaining({ ok: false }) }));
});
