import { InspectorError } from '../errors.ts';
import type { Capabilities, SessionStore, StoredPage, StoredSession } from './base.ts';

/**
 * SESSION_ENGINE signed_cookies: django/contrib/sessions/backends/signed_cookies.py. The whole session is in the browser;
 * the server keeps nothing, so that there is nothing to list, look up or take back.
 */
export function openSignedCookies(): SessionStore {
  return new SignedCookies();
}

const LIMITS = [
  'The whole session is in the cookie: the server keeps nothing, so there is nothing to list, look up or delete here.',
  'A cookie that is out there cannot be revoked: it is valid for SESSION_COOKIE_AGE after it was signed, whatever _session_expiry says.',
  'What does end such sessions: for one user, a new password (it changes _auth_user_hash) or is_active off; for everybody, a new SECRET_KEY without the old one in SECRET_KEY_FALLBACKS.',
  'The Cookie Lab reads, verifies, changes and signs a session cookie.',
];

class SignedCookies implements SessionStore {
  readonly capabilities: Capabilities = {
    list: 'none',
    sort: [],
    filterState: false,
    count: 'none',
    write: false,
    setExpiry: false,
    clearExpired: 'none',
    limits: LIMITS,
  };

  async list(): Promise<StoredPage> {
    throw nothingHere();
  }

  async count(): Promise<never> {
    throw nothingHere();
  }

  async get(): Promise<StoredSession | null> {
    throw nothingHere();
  }

  // biome-ignore lint/correctness/useYield: there is nothing to yield, and an empty walk would claim that there are no sessions
  async *scan(): AsyncIterable<readonly StoredSession[]> {
    throw nothingHere();
  }

  async close(): Promise<void> {}
}

function nothingHere(): InspectorError {
  return new InspectorError('Unsupported', 'Signed cookies are kept by browsers, not by the server', {
    hint: 'Paste the cookie into the Cookie Lab.',
  });
}
