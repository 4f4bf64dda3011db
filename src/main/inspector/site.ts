import type { Profile, Secrets } from '../../preload/api.ts';
import type { DatabaseClock } from '../django/expire-date.ts';
import type { ExpirySettings } from '../django/session-expiry.ts';
import { SigningKeys } from '../django/signing.ts';

/** A Django site as its profile and secrets describe it, ready to be asked: no I/O, its clock handed in. */
export type Site = Readonly<{
  profile: Profile;
  /** SECRET_KEY and its fallbacks; empty where they are not known */
  keys: SigningKeys;
  /** what expiry rules and date columns depend on */
  expiry: ExpirySettings & DatabaseClock;
  /** epoch milliseconds */
  now: () => number;
}>;

export function siteOf(profile: Profile, secrets: Secrets, now: () => number): Site {
  const { DATABASES, USE_TZ, TIME_ZONE, DJANGO_VERSION, SESSION_COOKIE_AGE, SESSION_EXPIRE_AT_BROWSER_CLOSE } = profile;
  return {
    profile,
    keys: signingKeys(secrets),
    expiry: {
      ENGINE: DATABASES.ENGINE,
      DATABASE_TIME_ZONE: DATABASES.TIME_ZONE,
      USE_TZ,
      TIME_ZONE,
      DJANGO_VERSION,
      SESSION_COOKIE_AGE,
      SESSION_EXPIRE_AT_BROWSER_CLOSE,
    },
    now,
  };
}

export function signingKeys({ SECRET_KEY, SECRET_KEY_FALLBACKS }: Secrets): SigningKeys {
  // Without SECRET_KEY the fallbacks have no place in the order: a fallback must not sign.
  return new SigningKeys(SECRET_KEY === undefined ? [] : [SECRET_KEY, ...(SECRET_KEY_FALLBACKS ?? [])]);
}

/** Microseconds since the epoch. @param milliseconds may have a fraction */
export function microseconds(milliseconds: number): bigint {
  return BigInt(Math.round(milliseconds * 1000));
}
