import type { SessionSummary } from '../../preload/api.ts';
import { InspectorError } from '../errors.ts';
import type { Opened, StoreCommand } from './store.ts';
import { oneOf, usage, wholeNumber } from './store-options.ts';

/** Rows of one page, and of a list where no limit is given. */
const PAGE = 200;

export const LIST: StoreCommand = {
  summary: 'Sessions in order, the first 200: --state, --prefix, --sort, --descending, --limit.',
  writes: false,
  options: ['state', 'prefix', 'sort', 'descending', 'limit'],
  run: async (opened) => {
    for await (const session of sessions(opened, PAGE)) await opened.tell(row(session), session);
    return true;
  },
};

export const FIND: StoreCommand = {
  summary: 'Every session of a --user (id, name, e-mail), or with a --text, or of a --state.',
  writes: false,
  options: ['user', 'text', 'state', 'prefix'],
  run: async ({ options: { values }, run, tell }) => {
    const state = oneOf(values.state, 'state', ['live', 'expired', 'corrupt', 'unsigned']);
    const { user, text, prefix } = values;
    if (user === undefined && text === undefined && state === undefined) throw usage('Say what to find: --user, --text or --state');
    const query = {
      ...(user === undefined ? {} : { user }),
      ...(text === undefined ? {} : { text }),
      ...(state === undefined ? {} : { state }),
      ...(prefix === undefined ? {} : { keyPrefix: prefix }),
    };
    await run({ kind: 'find', query }, async (hits) => {
      for (const session of hits) await tell(row(session), session);
    });
    return true;
  },
};

export const SHOW: StoreCommand = {
  summary: 'KEY: one session; with --json also its signature and whether Django would accept it.',
  writes: false,
  options: [],
  run: async ({ options, inspector, signal, tell }) => {
    const session = await inspector.handlers['sessions.get']({ connection: '', session_key: onlyKey(options.positionals) }, signal);
    if (session === null) throw new InspectorError('DoesNotExist', 'There is no such session');
    const { summary, document } = session;
    const text = document === null ? (summary.problem?.message ?? '') : document.text;
    await tell(`${row(summary)}\n${text}`, session);
    return true;
  },
};

export const EXPORT: StoreCommand = {
  summary: 'Every session with its exact stored value, one JSON line each, whatever --json says.',
  writes: false,
  options: ['state', 'prefix'],
  run: async (opened) => {
    const { inspector, signal, tell } = opened;
    let whole = true;
    for await (const { session_key } of sessions(opened, Number.POSITIVE_INFINITY)) {
      const session = await inspector.handlers['sessions.get']({ connection: '', session_key }, signal);
      // Ended since it was listed.
      if (session === null) continue;
      const { summary, stored, signature, document } = session;
      if (stored.cut) whole = false;
      const payload = document?.draft ?? null;
      const line = { session_key, stored, payload, expiry: summary.expiry, state: summary.state, user: summary.user, signature };
      await tell(JSON.stringify(line), line);
    }
    return whole;
  },
};

/** The one session that a command is about. @throws InspectorError BadRequest */
export function onlyKey([session_key, ...more]: readonly string[]): string {
  if (session_key === undefined || more.length > 0) throw usage('Name one session key');
  return session_key;
}

async function* sessions({ inspector, options: { values }, signal }: Opened, otherwise: number): AsyncGenerator<SessionSummary> {
  const state = oneOf(values.state, 'state', ['live', 'expired']);
  const limit = values.limit === undefined ? otherwise : wholeNumber(values.limit, 'limit', 1, PAGE);
  const sort = oneOf(values.sort, 'sort', ['session_key', 'expire_date', 'size']) ?? 'session_key';
  const direction = values.descending === true ? 'descending' : 'ascending';
  let cursor: string | undefined;
  for (let left = limit; left > 0; ) {
    const query = { sort, direction, limit: Math.min(PAGE, left), state, keyPrefix: values.prefix, cursor } as const;
    const page = await inspector.handlers['sessions.list']({ connection: '', query }, signal);
    yield* page.sessions.slice(0, left);
    left -= page.sessions.length;
    cursor = page.next;
    if (cursor === undefined) return;
  }
}

/** A session on one line. */
function row({ session_key, state, expiry, size, user, problem }: SessionSummary): string {
  const who = user === null ? '-' : `${user.id}${user.username === undefined ? '' : ` ${user.username}`}`;
  return [session_key, state, expiry.at ?? expiry.source, `${size} B`, who, ...(problem === undefined ? [] : [problem.message])].join('\t');
}
