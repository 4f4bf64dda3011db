import type { SessionView } from '../../preload/api.ts';
import type { StoredSession } from '../backends/base.ts';
import type { UserRow } from '../backends/users.ts';
import type { AcceptanceUser } from '../django/accept.ts';
import { documentView } from './document-view.ts';
import type { Engine } from './engine.ts';
import { acceptanceOf, readSession } from './reading.ts';
import { revisionOf } from './revision.ts';
import type { Site } from './site.ts';
import { summaryOf, userIdOf } from './summary.ts';
import { twinView } from './twin.ts';

/** Characters of the stored value that a person sees. */
const STORED_CHARACTERS = 256 * 1024;

/** One session as a person opens it. The password hash of its user is looked up and compared here, and stays here. */
export async function sessionView(site: Site, engine: Engine, session: StoredSession, signal: AbortSignal): Promise<SessionView> {
  const reading = readSession(site, engine, session);
  const id = userIdOf(reading);
  const users = id === null ? new Map<string, UserRow>() : await engine.users.get([id], signal);
  const { document, signature } = reading.decoded;
  const twin = twinView(engine, session, document);
  return {
    summary: summaryOf(site, engine, reading, users),
    document: document === null ? null : documentView(document),
    signature,
    acceptance: acceptanceOf(site, reading, acceptanceUser(engine, id, users)),
    stored: storedText(session),
    revision: revisionOf(session),
    ...(twin === undefined ? {} : { twin }),
  };
}

/** null where the site's users are not at hand: then nothing is said about them. */
function acceptanceUser(engine: Engine, id: string | null, users: ReadonlyMap<string, UserRow>): AcceptanceUser | null {
  const row = id === null ? undefined : users.get(id);
  if (row !== undefined) return { found: true, is_active: row.is_active, password: row.password };
  return engine.users.complete ? { found: false, is_active: null, password: null } : null;
}

function storedText({ stored, only, twin, oversize }: StoredSession): SessionView['stored'] {
  const bytes = only === 'cache' ? (twin?.stored ?? new Uint8Array()) : stored;
  const head = bytes.subarray(0, STORED_CHARACTERS);
  const text = printable(head);
  return {
    text: text ?? Buffer.from(head).toString('base64'),
    encoding: text === null ? 'base64' : 'text',
    bytes: oversize ?? bytes.length,
    cut: head.length < (oversize ?? bytes.length),
  };
}

/** Text columns and files hold ASCII; a value that is anything else is shown as bytes. */
function printable(bytes: Uint8Array): string | null {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ? Buffer.from(bytes).toString('latin1') : null;
}
