import i18next from 'i18next';
import { beforeAll, expect, test } from 'vitest';
import type { JobView } from '../../../../src/preload/api.ts';
import { en } from '../../../../src/renderer/i18n/en/index.ts';
import { jobReport } from '../../../../src/renderer/sessions/job-report.ts';

beforeAll(() => i18next.init({ lng: 'en', defaultNS: 'app', resources: { en: { app: en } } }));

const view = (change: Partial<JobView>): JobView => ({
  job: 'j',
  connection: 'c',
  kind: 'delete',
  state: 'done',
  scanned: 3,
  total: 3,
  found: 3,
  changed: 3,
  failed: 0,
  bad: {},
  elapsed: 10,
  failures: [],
  ...change,
});

test('says what was done, with the right number', () => {
  expect(jobReport({ view: view({}), hits: [] }, i18next.t)).toEqual({ tone: 'ok', title: '3 sessions deleted' });
  expect(jobReport({ view: view({ changed: 1 }), hits: [] }, i18next.t).title).toBe('1 session deleted');
});

test('says what failed and what was stopped', () => {
  expect(jobReport({ view: view({ changed: 2, failed: 1 }), hits: [] }, i18next.t)).toMatchObject({ tone: 'info', text: '1 failed' });
  expect(jobReport({ view: view({ state: 'stopped', changed: 1 }), hits: [] }, i18next.t)).toMatchObject({
    tone: 'info',
    title: '1 session deleted',
    text: 'Stopped before the end.',
  });
});

test('a dry run counts', () => {
  const input = { kind: 'clear_expired', dryRun: true } as const;
  expect(jobReport({ view: view({ kind: 'clear_expired', found: 214, changed: 0 }), hits: [], input }, i18next.t).title).toBe(
    '214 expired sessions found',
  );
});

test('a failure has the title of its code', () => {
  const error = { code: 'ConnectionLost', message: 'The server went away.' } as const;
  expect(jobReport({ view: view({ state: 'failed', error }), hits: [] }, i18next.t)).toEqual({
    tone: 'danger',
    title: 'The connection was lost',
    text: 'The server went away.',
  });
});
