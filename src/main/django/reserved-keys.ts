/** Keys of a session that Django itself, or a widespread app, gives a meaning. */
export type ReservedKey = Readonly<{
  key: string;
  /** the package that writes it */
  writer: string;
  /** one sentence for the window */
  explanation: string;
}>;

export const RESERVED_KEYS: readonly ReservedKey[] = [
  {
    key: '_session_expiry',
    writer: 'django.contrib.sessions',
    explanation:
      'What set_expiry() was given: seconds counted from each save, 0 for the end of the browser session, or a date as ISO 8601 text.',
  },
  { key: '_auth_user_id', writer: 'django.contrib.auth', explanation: 'The primary key of the logged-in user, always as text.' },
  {
    key: '_auth_user_backend',
    writer: 'django.contrib.auth',
    explanation: 'The class that logged the user in; it must be listed in AUTHENTICATION_BACKENDS.',
  },
  {
    key: '_auth_user_hash',
    writer: 'django.contrib.auth',
    explanation:
      'A hash of the password column and SECRET_KEY: a new password makes it differ, and Django flushes the session at the next request.',
  },
  {
    key: '_csrftoken',
    writer: 'django.middleware.csrf',
    explanation: 'The CSRF secret, kept here instead of a cookie when CSRF_USE_SESSIONS is on.',
  },
  { key: '_messages', writer: 'django.contrib.messages', explanation: 'Messages that were not shown yet: a str that holds JSON.' },
  { key: '_language', writer: 'django.views.i18n', explanation: 'The language of the user, until Django 3.2; a cookie holds it since.' },
  { key: '_password_reset_token', writer: 'django.contrib.auth', explanation: 'The token of a password reset that is under way.' },
  {
    key: 'testcookie',
    writer: 'django.contrib.sessions',
    explanation: 'Set by set_test_cookie() to see whether the browser sends cookies back.',
  },
];

/** The meaning of a key, or null where it is the site's own. */
export function reservedKey(key: string): ReservedKey | null {
  return RESERVED_KEYS.find((reserved) => reserved.key === key) ?? null;
}
