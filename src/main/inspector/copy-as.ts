import type { Parsed } from '../../preload/api.ts';
import { type Copied, copyAs } from '../django/copy-as.ts';
import type { SessionDocument } from '../django/document.ts';
import { type Connection, currentSession } from './change.ts';
import { payloadOf } from './draft.ts';
import { readSession } from './reading.ts';

/** The session as it is stored, or its draft, in the form in which it is handed on. @throws InspectorError DoesNotExist, Unsupported */
export async function copySession(connection: Connection, input: Parsed<'sessions.copy_as'>, signal: AbortSignal): Promise<Copied> {
  const { session_key, draft, format, redacted } = input;
  const { codec } = connection.engine;
  const document = draft === null ? await storedDocument(connection, session_key, signal) : codec.parse(payloadOf(draft), draft.serializer);
  return copyAs({ session_key, document, format, redacted, settings: connection.site.profile });
}

async function storedDocument({ site, engine }: Connection, session_key: string, signal: AbortSignal): Promise<SessionDocument | null> {
  return readSession(site, engine, await currentSession(engine, session_key, signal)).decoded.document;
}
