import type { SetExpiry } from '../../preload/api.ts';
import type { SessionDocument } from '../django/document.ts';
import { fromisoformat } from '../django/iso-format.ts';
import { openSession, setExpiry } from '../django/session.ts';
import type { ExpiryArgument } from '../django/session-expiry.ts';
import { djangoDatetime, momentOf } from '../django/time-zone.ts';
import { InspectorError } from '../errors.ts';
import { microseconds, type Site } from './site.ts';

/**
 * The data after `session.set_expiry(…)`, as this site's Django would leave them.
 * @throws InspectorError BadValue where Python raises, or the serializer cannot hold it
 */
export function withExpiry(site: Pick<Site, 'expiry' | 'now'>, document: SessionDocument, expiry: SetExpiry): SessionDocument {
  const now = djangoDatetime(site.expiry, microseconds(site.now()));
  return setExpiry(openSession(null, document), argumentOf(site, expiry), site.expiry.DJANGO_VERSION, now).document;
}

function argumentOf(site: Pick<Site, 'expiry'>, expiry: SetExpiry): ExpiryArgument {
  switch (expiry.kind) {
    case 'seconds':
      return { type: 'int', value: BigInt(expiry.seconds) };
    case 'browser_close':
      return { type: 'int', value: 0n };
    case 'default':
      return { type: 'NoneType' };
    case 'moment': {
      const parsed = fromisoformat(expiry.at);
      if (!parsed.ok) throw new InspectorError('BadValue', `${expiry.at} is no date and time`);
      // Aware in UTC under USE_TZ, else the site's local time: Python cannot compare the two.
      return { type: 'datetime', value: djangoDatetime(site.expiry, momentOf(site.expiry, parsed.value)) };
    }
    default:
      return expiry satisfies never;
  }
}
