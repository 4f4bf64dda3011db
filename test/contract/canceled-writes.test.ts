import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Opened, open } from '../unit/main/opened.ts';
import { cachedDb, type InspectorPlace } from './inspector-places.ts';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';

describe('a write that is canceled after it has begun', () => {
  let place: InspectorPlace;
  let opened: Opened;
  let abort: AbortController;
  beforeEach(async () => {
    place = await cachedDb();
    await place.django.ask('create', { session_key: KEY, data: { n: 1, _auth_user_id: '1' } });
    opened = await open(place.profile, place.secrets, place.now);
    abort = new AbortController();
  });
  afterEach(async () => {
    await opened?.close();
    await place?.close();
  });

  const change = async () => {
    const seen = await opened.get(KEY);
    if (seen?.document == null) throw new Error('not there');
    const value = { type: 'json', text: '2' } as const;
    const edit = { op: 'set' as const, path: [0], value };
    const { draft } = await opened.handlers['document.edit']({ connection: '', draft: seen.document.draft, edit }, opened.signal);
    return { connection: '', session_key: KEY, revision: seen.revision, draft, expiry: 'keep' } as const;
  };
  /** Cancels at one moment of a write; @returns everything that was told to the recorder at its end */
  const cancelAt = (moment: 'keep' | 'end') => {
    const ends: unknown[] = [];
    const { recorder } = opened;
    const { keep, end } = recorder;
    recorder.keep = async (...args) => {
      await keep.apply(recorder, args);
      if (moment === 'keep') abort.abort();
    };
    recorder.end = async (...args) => {
      ends.push(args[1]);
      await end.apply(recorder, args);
      if (moment === 'end') abort.abort();
    };
    return ends;
  };
  const asDjangoHasIt = async () => (await place.django.ask('load', { session_key: KEY }))['data'];

  test.each(['keep', 'end'] as const)('apply, canceled at %s: row and cache agree, and so does Activity', async (moment) => {
    const input = await change();
    const ends = cancelAt(moment);
    expect(await opened.handlers['sessions.apply'](input, abort.signal)).toMatchObject({ outcome: 'applied' });
    expect(ends).toEqual(['done']);
    expect(await asDjangoHasIt()).toEqual({ n: 2, _auth_user_id: '1' });
  });

  test('cycle_key, canceled before the first statement: one session, under one key', async () => {
    const input = await change();
    const ends = cancelAt('keep');
    const { session } = await opened.handlers['sessions.cycle_key']({ ...input, dryRun: false }, abort.signal);
    expect(ends).toEqual(['done']);
    expect((await opened.list()).map(({ session_key }) => session_key)).toEqual([session?.summary.session_key]);
  });
});
