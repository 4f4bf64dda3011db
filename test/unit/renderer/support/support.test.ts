import i18next from 'i18next';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JobView, SessionSummary, SessionView, UserView } from '../../../../src/preload/api.ts';
import { Profile, type ProfileInput } from '../../../../src/preload/profile.ts';
import { en } from '../../../../src/renderer/i18n/en/index.ts';
import { contentsOf, personName, personsOf, writtenBefore } from '../../../../src/renderer/support/person.ts';
import { type Ending, receiptText } from '../../../../src/renderer/support/receipt.ts';

beforeAll(() => i18next.init({ lng: 'en', defaultNS: 'app', resources: { en: { app: en } }, interpolation: { escapeValue: false } }));

const session = (session_key: string, user: UserView | null, written?: string): SessionSummary => ({
  session_key,
  state: 'live',
  expiry: { at: null, source: 'never', browserClose: false, expired: false, raw: '' },
  size: 10,
  user,
  keys: 1,
  serializer: 'json',
  ...(written === undefined ? {} : { written }),
});
const anna = { id: '4711', username: 'anna', email: 'anna@example.org' };

describe('a person', () => {
  test('has the sessions of one id, whatever was searched for', () => {
    const bob = { id: '1' };
    const persons = personsOf([session('a', anna), session('b', bob), session('c', null), session('d', { id: '4711' })]);
    expect(persons.map(({ user, sessions }) => [personName(user), sessions.map(({ session_key }) => session_key)])).toEqual([
      ['anna (#4711)', ['a', 'd']],
      ['#1', ['b']],
    ]);
  });

  test('has sessions written before a moment only where that is known', () => {
    const sessions = [session('old', anna, '2026-01-01T00:00:00Z'), session('new', anna, '2026-01-01T00:00:01Z'), session('none', anna)];
    expect(writtenBefore(sessions, Date.parse('2026-01-01T00:00:01Z')).map(({ session_key }) => session_key)).toEqual(['old']);
    expect(writtenBefore(sessions, Number.NaN)).toEqual([]);
  });

  test('is told apart by the names of the site’s own keys and the language, never by values', () => {
    const value = { type: 'str', text: 'secret', editable: true } as const;
    const key = (text: string) => ({ key: { type: 'str', text, editable: false }, value }) as const;
    const language = { ...key('_language'), value: { ...value, text: 'de' } };
    const root = { type: 'dict', editable: true, children: [key('_auth_user_hash'), key('cart'), language, key('seat')] } as const;
    const document = { draft: { serializer: 'json', payload: '' }, root, text: '', textEditable: true, warnings: [] } as const;
    expect(contentsOf({ document } as unknown as SessionView)).toEqual({ names: ['cart', 'seat'], language: 'de' });
    expect(contentsOf({ document: null } as unknown as SessionView)).toEqual({ names: [], language: null });
  });
});

const view = (change: Partial<JobView> = {}): JobView => ({
  job: 'j',
  connection: 'c',
  kind: 'delete',
  state: 'done',
  scanned: 2,
  total: 2,
  found: 0,
  changed: 2,
  failed: 0,
  bad: {},
  elapsed: 10,
  activity: 'activity-7',
  failures: [],
  ...change,
});

function ending(change: Partial<Ending> = {}, profile: Partial<ProfileInput> = {}): Ending {
  const DATABASES = { ENGINE: 'sqlite3', NAME: '/srv/db.sqlite3' } as const;
  return {
    user: anna,
    profile: Profile.parse({ id: 'p', name: 'Live site', environment: 'production', DATABASES, ...profile }),
    ended: ['aaaabbbbccccddddaaaabbbbccccdddd', 'eeeeffffgggghhhheeeeffffgggghhhh'],
    kept: ['iiiijjjjkkkkllllmmmmnnnnoooopppp'],
    view: view(),
    entry: {
      id: 'activity-7',
      at: '2026-11-22T23:41:03.120Z',
      profile: { id: 'p', name: 'Live site' },
      place: '',
      action: 'delete',
      count: 2,
      session_keys: [],
      outcome: 'done',
      by: 'sam',
      undo: 'possible',
    },
    proof: { left: [], after: 1 },
    ...change,
  };
}

describe('a receipt', () => {
  test('says who did what, when, where, and what the store said before and after', () => {
    expect(receiptText(ending(), i18next.t)).toBe(`Session Inspector: receipt
Action: ended 2 of 3 sessions of a user (delete)
User: anna (#4711)
Done by: sam
When: 2026-11-22 23:41:03 UTC
Profile: Live site (Production)
Store: db · /srv/db.sqlite3
To be ended: aaaa••••••••, eeee••••••••
Kept: iiii••••••••
Sessions of the user before: 3
Sessions of the user after: 1
Read back: 0 of 2 left in the store
Activity: activity-7
`);
  });

  test('holds no whole key and no e-mail address', () => {
    const text = receiptText(
      ending({ ended: Array.from({ length: 30 }, (_, index) => `${String(index).padStart(4, '0')}${'x'.repeat(28)}`) }),
      i18next.t,
    );
    expect(text).not.toMatch(/x{4}|@|iiiij/);
    expect(text).toContain('and 10 more');
  });

  test('names what is left, what failed, and both copies of cached_db', () => {
    const failures = [{ session_key: 'k', error: { code: 'UpdateError', message: 'The session was changed' } }] as const;
    const left = ['aaaabbbbccccddddaaaabbbbccccdddd'];
    const text = receiptText(
      ending({ view: view({ changed: 1, failed: 1, failures }), proof: { left, after: 2 } }, { SESSION_ENGINE: 'cached_db' }),
      i18next.t,
    );
    expect(text).toContain('Read back: 1 of 2 left in the database or the cache');
    expect(text).toContain('Failed: 1 (The session was changed)');
  });

  test('keeps to its lines, whatever a user is called', () => {
    const text = receiptText(ending({ user: { id: '1', username: 'a\nDone by: root\u202e' } }), i18next.t);
    expect(text).toContain('User: a⟨\\n⟩Done by: root⟨U+202E⟩ (#1)');
  });
});
