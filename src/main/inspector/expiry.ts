import type { ExpiryView } from '../../preload/api.ts';
import type { NextSession, StoredSession } from '../backends/base.ts';
import type { SessionDocument } from '../django/document.ts';
import { describeExpiry } from '../django/expiry.ts';
import type { PythonDatetime } from '../django/python-datetime.ts';
import { expiryValue } from '../django/session.ts';
import { getExpiryAge, getExpiryDate } from '../django/session-expiry.ts';
import { isFileEngineKey, validSessionKey } from '../django/session-key.ts';
import { djangoDatetime } from '../django/time-zone.ts';
import { InspectorError } from '../errors.ts';
import { microseconds, type Site } from './site.ts';

/** When a session ends and by what. @param now microseconds since the epoch @param document null where the data do not decode */
export function expiryOf(
  site: Site,
  session: NextSession & Pick<StoredSession, 'session_key'> & Partial<Pick<StoredSession, 'oversize'>>,
  document: SessionDocument | null,
  now: bigint = microseconds(site.now()),
): ExpiryView {
  const isFile = session.expiry.source === 'mtime';
  const { cleared: _, ...view } = describeExpiry({
    stored: session.expiry,
    session_expiry: document === null ? { type: 'NoneType' } : expiryValue(document),
    settings: site.expiry,
    now,
    emptyFile: isFile && session.stored.length === 0 && session.oversize === undefined,
    unusableKey:
      isFile && session.session_key !== '' && (validSessionKey(session.session_key) === null || !isFileEngineKey(session.session_key)),
  });
  return view;
}

/** get_expiry_date() of a session saved now. @throws InspectorError BadValue where Python raises */
export function expiryDate(site: Site, document: SessionDocument): PythonDatetime {
  const modification = djangoDatetime(site.expiry, microseconds(site.now()));
  const date = getExpiryDate(expiryValue(document), modification, site.expiry);
  if (date.ok) return date.value;
  throw new InspectorError('BadValue', `Django cannot say when this session ends: ${date.error}: ${date.message}`, {
    hint: 'Set the expiry to seconds, a moment, or the default.',
  });
}

/** get_expiry_age() of a session saved now, seconds. @throws InspectorError BadValue where that is no number */
export function expiryAge(site: Site, document: SessionDocument): number {
  const modification = djangoDatetime(site.expiry, microseconds(site.now()));
  const age = getExpiryAge(expiryValue(document), modification, site.expiry);
  if (age.ok && (age.value.type === 'int' || age.value.type === 'float')) return Number(age.value.value);
  if (age.ok && age.value.type === 'bool') return age.value.value ? 1 : 0;
  throw new InspectorError('BadValue', `Django cannot say how long this session lives${age.ok ? '' : `: ${age.error}: ${age.message}`}`, {
    hint: 'Set the expiry to seconds, a moment, or the default.',
  });
}
