import { createHash } from 'node:crypto';
import type { NextSession, StoredSession } from '../backends/base.ts';

type Revised = Pick<NextSession, 'stored' | 'expiry' | 'flags'> &
  Partial<Pick<StoredSession, 'only' | 'oversize'>> &
  Readonly<{ twin?: StoredSession['twin'] | undefined }>;

/**
 * A name for what is stored: it changes whenever the stored value or its end does. A running TTL is no change, and the
 * cache's side of cached_db is none, because Django refills it; only where the cache alone has the session is it named.
 */
export function revisionOf(session: Revised): string {
  const hash = createHash('sha256').update(session.stored);
  if (session.only === 'cache') hash.update('\0cache\0').update(session.twin?.stored ?? '');
  return hash.update(`\0${session.oversize ?? ''}\0${session.flags ?? ''}\0${endOf(session.expiry)}`).digest('base64url');
}

function endOf(expiry: NextSession['expiry']): string {
  switch (expiry.source) {
    case 'expire_date':
      return expiry.text;
    case 'ttl':
      return expiry.milliseconds === null ? 'never' : 'ttl';
    case 'cache':
      return expiry.text ?? 'never';
    case 'mtime':
      return expiry.nanoseconds;
    default:
      return expiry satisfies never;
  }
}
