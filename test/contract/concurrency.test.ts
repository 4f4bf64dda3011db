import { afterAll, expect, test } from 'vitest';
import { InspectorError } from '../../src/main/errors.ts';
import { type Opened, open } from '../unit/main/opened.ts';
import { dbOnSqlite } from './inspector-places.ts';

/**
 * Real Django counts up in a session while the app counts up beside it, each its own number: whatever one loses, the other
 * has overwritten. `CONCURRENT_OPERATIONS=100000 npm test -- contract concurrency` is the long form.
 */

const OPERATIONS = Number(process.env['CONCURRENT_OPERATIONS'] ?? 200);
const KEY = 'c'.repeat(32);
const told: string[] = [];

afterAll(() => console.log(told.join('\n')));

type Outcome = 'applied' | 'conflict' | 'locked';

/** An answer that says nothing was done: Django holds SQLite's only lock longer than the app waits. */
function tryToCountUp(opened: Opened): Promise<Outcome> {
  return countUp(opened).catch((error: unknown) => {
    if (error instanceof InspectorError && error.code === 'Locked') return 'locked';
    throw error;
  });
}

/** One edit of the app, by compare-and-swap; a conflict where Django wrote between look and write. */
async function countUp({ handlers, get, signal }: Opened): Promise<Outcome> {
  const session = await get(KEY);
  const draft = session?.document?.draft;
  if (session === null || draft === undefined) throw new Error('The session cannot be read');
  const data = JSON.parse(draft.payload) as Readonly<Record<string, number>>;
  const edit = { op: 'text', text: JSON.stringify({ ...data, app: (data['app'] ?? 0) + 1 }) } as const;
  const edited = await handlers['document.edit']({ connection: null, draft, edit }, signal);
  const change = { session_key: KEY, revision: session.revision, draft: edited.draft, expiry: 'keep' } as const;
  return (await handlers['sessions.apply']({ connection: '', ...change }, signal)).outcome;
}

test(
  'loses no update of the site and none of its own, on SQLite',
  async () => {
    const place = await dbOnSqlite();
    const opened = await open(place.profile, place.secrets, place.now);
    try {
      await place.django.ask('create', { session_key: KEY, data: { site: 0, app: 0 } });
      let writing = true;
      const site = place.django.ask('count_up', { session_key: KEY, times: OPERATIONS / 2 }).finally(() => {
        writing = false;
      });
      const outcomes = { applied: 0, conflict: 0, locked: 0 };
      while (writing || outcomes.applied < OPERATIONS / 2) outcomes[await tryToCountUp(opened)] += 1;
      await site;
      const { data } = await place.django.ask('load', { session_key: KEY });
      const { applied, conflict, locked } = outcomes;
      told.push(
        `SQLite: ${OPERATIONS / 2} updates of the site, ${applied} of the app; ${conflict} refused as conflicts, ${locked} as locked`,
      );
      expect(data).toEqual({ site: OPERATIONS / 2, app: applied });
    } finally {
      await opened.close();
      await place.close();
    }
  },
  24 * 3_600_000,
);
