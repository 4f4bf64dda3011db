import type { ValueNode } from '../../preload/api.ts';
import type { en } from '../i18n/en/index.ts';

export type Fact = keyof (typeof en)['fact'];

/** Keys that Django and well-known packages keep in a session. */
const FACTS: Readonly<Record<string, Fact>> = {
  _auth_user_id: 'auth_user_id',
  _auth_user_backend: 'auth_user_backend',
  _auth_user_hash: 'auth_user_hash',
  _session_expiry: 'session_expiry',
  _session_init_timestamp_: 'session_init_timestamp',
  _messages: 'messages',
  _csrftoken: 'csrftoken',
  testcookie: 'testcookie',
  _language: 'language',
  django_language: 'language',
  _password_reset_token: 'password_reset_token',
  account_verified_email: 'allauth_verified_email',
  account_user: 'allauth_user',
  account_authentication_methods: 'allauth_methods',
  socialaccount_state: 'allauth_social_state',
  socialaccount_states: 'allauth_social_state',
  socialaccount_sociallogin: 'allauth_social_login',
  otp_device_id: 'otp_device',
  hijack_history: 'hijack_history',
  is_hijacked_user: 'hijack_history',
};

/** What a top-level key is for, where it is a known one. */
export function factOf(key: string): Fact | null {
  if (Object.hasOwn(FACTS, key)) return FACTS[key] ?? null;
  return key.startsWith('wizard_') ? 'wizard' : null;
}

const SENSITIVE_KEY = /_auth_user_hash|csrf|token|secret|passw|api_?key|credential|e-?mail/i;
/** Whether a path of differences (`_auth_user_hash`, `profile.email`) leads to a value that is masked. */
export function isSensitivePath(path: string): boolean {
  return SENSITIVE_KEY.test(path);
}

const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,255}\.[^\s@.]{2,}$/;

/** Whether a value is masked until it is revealed: by the names on the way to it, or because it is an e-mail address. */
export function isSensitive(names: readonly string[], { type, text, children }: ValueNode): boolean {
  if (children || !text || type === 'bool' || type === 'NoneType') return false;
  return names.some((name) => SENSITIVE_KEY.test(name)) || (type === 'str' && text.length < 330 && EMAIL.test(text));
}
