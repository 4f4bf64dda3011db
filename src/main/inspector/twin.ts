import type { SessionSummary, SessionView } from '../../preload/api.ts';
import type { StoredSession } from '../backends/base.ts';
import type { SessionDocument } from '../django/document.ts';
import { errorData } from '../errors.ts';
import type { StoredValue } from './codec.ts';
import { differencesOf } from './difference.ts';
import { documentView } from './document-view.ts';
import type { Engine } from './engine.ts';

/** The cache's side of a session as its codec takes it. */
export function twinValue({ twin }: StoredSession): StoredValue {
  return { stored: twin?.stored ?? new Uint8Array(), ...(twin?.flags === undefined ? {} : { flags: twin.flags }) };
}

/** cached_db: how row and cache entry agree on the data; null for engines with one side. */
export function agreementOf(
  engine: Engine,
  session: StoredSession,
  document: SessionDocument | null,
): NonNullable<SessionSummary['agreement']> | null {
  if (session.only === 'cache') return 'cache only';
  if (session.twin?.unavailable !== undefined) return 'cache unavailable';
  if (session.only === 'database') return 'database only';
  if (engine.twinCodec === null || session.twin === undefined || session.twin.stored === null) return null;
  const cached = engine.twinCodec.decode(twinValue(session)).document;
  return sameData(document, cached) ? 'equal' : 'different';
}

/** The cache's side of an opened session. */
export function twinView(engine: Engine, session: StoredSession, document: SessionDocument | null): SessionView['twin'] {
  if (engine.twinCodec === null || session.twin === undefined || session.twin.stored === null) return undefined;
  const cached = engine.twinCodec.decode(twinValue(session));
  const { milliseconds } = session.twin;
  return {
    document: cached.document === null ? null : documentView(cached.document),
    ...(cached.problem === null ? {} : { problem: errorData(cached.problem) }),
    difference: sameData(document, cached.document) ? [] : differencesOf(document, cached.document),
    expiry: milliseconds === null ? null : `${milliseconds} ms`,
  };
}

/** Equal as Python holds them: the two sides are written by different serializers. */
function sameData(one: SessionDocument | null, other: SessionDocument | null): boolean {
  if (one === null || other === null) return one === other;
  const [left, right] = [one.typed(), other.typed()];
  return left !== null && right !== null && JSON.stringify(left) === JSON.stringify(right);
}
