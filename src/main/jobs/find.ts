import type { FindQuery } from '../../preload/api.ts';
import type { StoredSession } from '../backends/base.ts';
import type { SessionDocument, ValueNode } from '../django/document.ts';
import { InspectorError } from '../errors.ts';
import type { Connection } from '../inspector/change.ts';
import { type Reading, readSession, stateOf } from '../inspector/reading.ts';
import { takesOrdinarySessions } from '../inspector/store-scan.ts';
import { breathe, LIST_LIMITS, summarizeReadings, userIdOf } from '../inspector/summary.ts';
import type { RowQuestion } from '../scan/messages.ts';
import type { Sieved } from '../scan/store-scan.ts';
import type { Job } from './job.ts';

/** Milliseconds of searching after which other calls get their turn. */
const SLICE = 15;

/** What a query comes to: ids are texts, as sessions hold them. */
type Wanted = Omit<FindQuery, 'user' | 'text'> & Readonly<{ ids?: ReadonlySet<string>; text?: string }>;

/** Searches every session of a store and streams the hits. */
export function findSessions(connection: Connection, query: FindQuery): (job: Job) => Promise<void> {
  const { site, engine } = connection;
  if (engine.store.capabilities.list === 'none') {
    throw new InspectorError('Unsupported', 'The sessions of this store cannot be listed, so that they cannot be searched', {
      hint: engine.store.capabilities.limits[0] ?? 'Look a session up by its key.',
    });
  }
  return async (job) => {
    const wanted = await wantedOf(connection, query, job.signal);
    const told = await findRemembered(connection, wanted, job);
    const { value, kind } = await engine.store.count({ now: site.now() }, false, job.signal);
    job.total = kind === 'atLeast' ? null : value;
    for await (const { sessions, passed, bad } of blocksOf(connection, wanted, job.signal)) {
      job.scanned += passed;
      for (const [cause, count] of Object.entries(bad)) job.bad(cause, count);
      await look(connection, wanted, sessions, told, job);
      job.progress();
    }
  };
}

/** Sessions that the users had when the store was last read whole come first; they are looked at again, and told once. */
async function findRemembered(connection: Connection, wanted: Wanted, job: Job): Promise<ReadonlySet<string>> {
  const keys = wanted.ids === undefined ? [] : (connection.scan?.remembered(wanted.ids) ?? []);
  const told = new Set<string>();
  for (const key of keys) {
    const session = await connection.engine.store.get(key, job.signal);
    if (session === null) continue;
    told.add(key);
    const hit = match(connection, wanted, session, job);
    if (hit !== null) job.hit(await summarizeReadings(connection.site, connection.engine, [hit], job.signal));
    job.progress();
  }
  return told;
}

/** Reads sessions, and tells those that match. @param told what was looked at before */
async function look(
  connection: Connection,
  wanted: Wanted,
  sessions: readonly StoredSession[],
  told: ReadonlySet<string>,
  job: Job,
): Promise<void> {
  const hits: Reading[] = [];
  let started = performance.now();
  for (const session of sessions) {
    job.scanned += 1;
    const hit = told.has(session.session_key) ? null : match(connection, wanted, session, job);
    if (hit !== null) hits.push(hit);
    if (performance.now() - started < SLICE) continue;
    job.progress();
    await breathe(job.signal);
    started = performance.now();
  }
  if (hits.length > 0) job.hit(await summarizeReadings(connection.site, connection.engine, hits, job.signal));
}

/** Every session of the store, or those that are left where threads have passed over what cannot match. */
async function* blocksOf({ site, engine, scan }: Connection, wanted: Wanted, signal: AbortSignal): AsyncGenerator<Sieved> {
  const question = questionOf(wanted, () => takesOrdinarySessions(site, engine));
  if (scan !== null && question !== null && (await scan.ready())) yield* scan.sieve(question, signal);
  else for await (const sessions of engine.store.scan(signal)) yield { sessions, passed: 0, bad: {} };
}

/** What a thread can ask of a row; null where only a whole reading can tell. */
function questionOf({ ids, text, state, keyPrefix = '' }: Wanted, ordinary: () => boolean): RowQuestion | null {
  if (ids !== undefined) return { ask: 'user', ids: [...ids], keyPrefix };
  if (text !== undefined) return { ask: 'text', text, keyPrefix };
  const faults = state === 'corrupt' || state === 'unsigned';
  return faults && ordinary() ? { ask: 'faults', keyPrefix } : null;
}

/** A user is named by id, name or e-mail; the id as given counts too, since a deleted user's sessions are still there. */
async function wantedOf({ engine }: Connection, { user, text, ...rest }: FindQuery, signal: AbortSignal): Promise<Wanted> {
  const ids = user === undefined ? undefined : new Set([user, ...(await engine.users.find(user, signal)).map(({ id }) => id)]);
  return { ...rest, ...(ids === undefined ? {} : { ids }), ...(text === undefined ? {} : { text: text.toLowerCase() }) };
}

function match(connection: Connection, wanted: Wanted, session: StoredSession, job: Job): Reading | null {
  const { keyPrefix, ids, text, state } = wanted;
  if (keyPrefix !== undefined && !session.session_key.startsWith(keyPrefix)) return null;
  if ((ids !== undefined || text !== undefined) && !mayMatch(connection, session, wanted, job)) return null;
  const reading = readSession(connection.site, connection.engine, session, LIST_LIMITS);
  const { document, problem } = reading.decoded;
  if (problem !== null) job.bad(problem.code);
  if (ids !== undefined && !ids.has(userIdOf(reading) ?? '')) return null;
  if (text !== undefined && (document === null || !contains(document, text))) return null;
  if (state !== undefined && stateOf(connection.site, reading).state !== state) return null;
  return reading;
}

/**
 * A quick look at the payload, before anything is verified or parsed. Only JSON without escapes says no for certain: what
 * stands in it stands there as it is, in ASCII.
 */
function mayMatch({ engine }: Connection, session: StoredSession, { ids, text }: Wanted, job: Job): boolean {
  if (session.oversize !== undefined || session.only === 'cache') return true;
  const payload = peek(engine, session, job);
  if (payload === null) return false;
  if (payload[0] !== OPENING_BRACE || payload.includes('\\')) return true;
  if (ids !== undefined && ![...ids].some((id) => payload.includes(`"${id}"`))) return false;
  if (text === undefined) return true;
  const source = payload.toString('latin1');
  return source.toLowerCase().includes(text) || /[\u0080-\u00ff]/.test(source);
}

const OPENING_BRACE = 0x7b;

function peek(engine: Connection['engine'], session: StoredSession, job: Job): Buffer | null {
  try {
    const payload = engine.codec.peek(session);
    return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  } catch (error) {
    if (!(error instanceof InspectorError)) throw error;
    job.bad(error.code);
    return null;
  }
}

/** Whether a key or a value contains the text, letter case aside. */
function contains(document: SessionDocument, text: string): boolean {
  return nodeContains(document.view(LIST_LIMITS.nodes), text);
}

function nodeContains(node: ValueNode, text: string): boolean {
  if (node.text?.toLowerCase().includes(text) === true) return true;
  return node.children?.some(({ key, value }) => (key !== undefined && nodeContains(key, text)) || nodeContains(value, text)) ?? false;
}
