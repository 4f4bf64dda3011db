import { setImmediate as immediate } from 'node:timers/promises';
import type { SessionSummary, UserView } from '../../preload/api.ts';
import type { StoredSession } from '../backends/base.ts';
import type { UserRow } from '../backends/users.ts';
import { BACKEND_SESSION_KEY } from '../django/auth.ts';
import { LIMITS, type Limits } from '../django/document.ts';
import { keyCount, textAt, userIdAt } from '../django/document-facts.ts';
import { InspectorError } from '../errors.ts';
import type { Engine } from './engine.ts';
import { type Reading, readSession, stateOf } from './reading.ts';
import type { Site } from './site.ts';
import { agreementOf } from './twin.ts';

/** A list decodes many rows at once, so that each gets less than a session that is opened. */
export const LIST_LIMITS: Limits = { ...LIMITS, payloadBytes: 8 * 1024 * 1024, nodes: 200_000 };

/** Milliseconds of decoding after which other calls get their turn. */
const SLICE = 8;

/** Rows as a list shows them: decoded, judged, and joined with their users. */
export async function summarize(
  site: Site,
  engine: Engine,
  sessions: readonly StoredSession[],
  signal: AbortSignal,
): Promise<readonly SessionSummary[]> {
  const readings: Reading[] = [];
  let started = performance.now();
  for (const session of sessions) {
    readings.push(readSession(site, engine, session, LIST_LIMITS));
    if (performance.now() - started < SLICE) continue;
    await breathe(signal);
    started = performance.now();
  }
  return summarizeReadings(site, engine, readings, signal);
}

export async function summarizeReadings(
  site: Site,
  engine: Engine,
  readings: readonly Reading[],
  signal: AbortSignal,
): Promise<readonly SessionSummary[]> {
  const ids = readings.map(userIdOf).filter((id) => id !== null);
  const users = ids.length === 0 ? new Map<string, UserRow>() : await engine.users.get(ids, signal);
  return readings.map((reading) => summaryOf(site, engine, reading, users));
}

/** Lets calls and cancels through. @throws InspectorError Canceled */
export async function breathe(signal: AbortSignal): Promise<void> {
  await immediate();
  if (signal.aborted) throw new InspectorError('Canceled', 'Canceled');
}

/** `_auth_user_id`, or null where nobody is logged in. */
export function userIdOf({ decoded }: Reading): string | null {
  return decoded.document === null ? null : userIdAt(decoded.document);
}

export function summaryOf(site: Site, engine: Engine, reading: Reading, users: ReadonlyMap<string, UserRow>): SessionSummary {
  const { session, decoded, expiry } = reading;
  const { document } = decoded;
  const agreement = agreementOf(engine, session, document);
  return {
    session_key: session.session_key,
    ...stateOf(site, reading),
    expiry,
    size: session.oversize ?? sizeOf(session),
    user: userView(reading, users, engine),
    keys: document === null ? null : keyCount(document),
    ...writtenOf(reading),
    serializer: document?.serializer ?? null,
    ...(agreement === null ? {} : { agreement }),
    ...(session.columns === undefined ? {} : { columns: session.columns }),
  };
}

/** Every save signs anew, so that the time of signing is that of the last write; one that does not verify says nothing. */
function writtenOf({ decoded: { signature } }: Reading): Pick<SessionSummary, 'written'> {
  return signature.timestamp === null || signature.verified === false ? {} : { written: signature.timestamp };
}

function sizeOf({ stored, only, twin }: StoredSession): number {
  return only === 'cache' ? (twin?.stored?.length ?? 0) : stored.length;
}

function userView(reading: Reading, users: ReadonlyMap<string, UserRow>, engine: Engine): UserView | null {
  const id = userIdOf(reading);
  if (id === null) return null;
  const { document } = reading.decoded;
  const backend = document === null ? null : textAt(document, BACKEND_SESSION_KEY);
  const row = users.get(id);
  const known = backend === null ? { id } : { id, backend };
  if (row === undefined) return engine.users.complete ? { ...known, missing: true } : known;
  const { username, email, is_active } = row;
  return { ...known, username, ...(email === null ? {} : { email }), ...(is_active === null ? {} : { is_active }) };
}
