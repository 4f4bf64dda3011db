export const session = {
  title: 'Session',
  loading: 'Loading the session…',
  gone: 'This session is not in the store',
  goneText: 'There is no session {{key}}: it may have ended, been deleted, or been given a new key.',
  views: 'Views of the session',
  data: 'Data',
  text: 'Text',
  expiry: 'Expiry',
  stored: 'Stored & signature',
  twin: 'Cache copy',
  close: 'Close the session',
  actions: 'Actions for this session',
  revealKey: 'Reveal the session key',
  hideKey: 'Hide the session key',
  copyKey: 'Copy the session key',
  expires: 'Expires',
  stale: 'The site has written this session since you began. Review shows both versions before anything is applied.',
} as const;

export const expiry = {
  never: 'never',
  unknown: 'not known',
  source: 'Source: {{source}}',
  browserClose: 'The cookie ends with the browser.',
  now: 'Ends',
  raw: 'As stored:',
  choose: 'New expiry',
  kind: {
    seconds: 'After some time of inactivity',
    moment: 'At a moment',
    browser_close: 'When the browser closes',
    default: 'The site’s default',
  },
  help: {
    seconds: 'set_expiry(seconds): counted from the last change of the session.',
    moment: 'set_expiry(datetime): at exactly this time.',
    browser_close: 'set_expiry(0): the cookie ends with the browser; the store keeps the session for {{age}}.',
    default: 'set_expiry(None): SESSION_COOKIE_AGE, which is {{age}}.',
  },
  amount: 'Amount',
  unit: 'Unit',
  seconds: 'Seconds',
  minutes: 'Minutes',
  hours: 'Hours',
  days: 'Days',
  moment: 'Moment',
  localZone: 'In the time zone of this computer.',
  result: 'Ends in the store:',
  use: 'Use this expiry',
  renew: 'Renew as save() does…',
  renewHelp: 'Renewing keeps the data and computes the expiry again from now.',
} as const;

export const expirySource = {
  expire_date: 'expire_date column',
  _session_expiry: '_session_expiry in the data',
  ttl: 'time to live of the cache entry',
  'mtime + SESSION_COOKIE_AGE': 'file time + SESSION_COOKIE_AGE',
  'cookie timestamp + SESSION_COOKIE_AGE': 'cookie timestamp + SESSION_COOKIE_AGE',
  'cache expires': 'expiry of the cache entry',
  never: 'none: it does not expire',
  unknown: 'not known',
} as const;

export const tree = {
  actions: 'Change the data',
  add: 'Add',
  edit: 'Edit value',
  rename: 'Rename key',
  remove: 'Remove',
  save: 'Save value',
  key: 'Key',
  keyType: 'Type of the key',
  type: 'Type of the value',
  value: 'Value',
  details: 'Chosen value',
  copyValue: 'Copy the value',
  notEditable: 'This value cannot be changed here; it can be kept as it is or removed.',
  masked: 'Masked because it may be sensitive.',
  reveal: 'Reveal {{name}}',
  empty: 'The session holds no data.',
  omitted_one: '{{count}} more value is kept, but not shown.',
  omitted_other: '{{count}} more values are kept, but not shown.',
  keys_one: '{{count}} key',
  keys_other: '{{count}} keys',
  items_one: '{{count}} item',
  items_other: '{{count}} items',
  parts_one: '{{count}} part',
  parts_other: '{{count}} parts',
  reference: 'same object as #{{ref}}',
  form: { set: 'Change the value', rename: 'Rename the key', add: 'Add a value' },
  hint: {
    json: 'JSON of any shape',
    NoneType: 'no value',
    bool: 'True or False',
    int: 'a whole number of any length',
    float: 'a number with a decimal point',
    str: 'text as it is; Shift+Enter for a new line',
    bytes: 'base64',
    datetime: '2026-11-22T21:55:33+00:00',
    date: '2026-11-22',
    time: '21:55:33',
    Decimal: '12.50',
    UUID: '8 - 4 - 4 - 4 - 12 hexadecimal digits',
    tuple: 'JSON list of the items',
  },
} as const;

/** What well-known keys are for. */
export const fact = {
  auth_user_id: 'Primary key of the logged-in user, as text.',
  auth_user_backend: 'The authentication backend that logged the user in. Django loads the user through it.',
  auth_user_hash: 'HMAC of the user’s password hash. When the password changes it does not match any more, and the session is logged out.',
  session_expiry: 'Set by set_expiry: seconds, a moment, or 0 for the end of the browser. Decides this session’s expiry.',
  session_init_timestamp: 'When the session began; kept by django-session-timeout.',
  messages: 'Messages waiting to be shown, kept by the session storage of django.contrib.messages.',
  csrftoken: 'The CSRF secret, kept here because CSRF_USE_SESSIONS is on.',
  testcookie: 'Left by set_test_cookie() to see whether the browser takes cookies.',
  language: 'The language chosen by the visitor.',
  password_reset_token: 'Token of a password reset in progress. It is a secret while it is valid.',
  allauth_verified_email: 'E-mail address that django-allauth has verified in this session.',
  allauth_user: 'User whose login django-allauth has not completed yet.',
  allauth_methods: 'How the user authenticated, recorded by django-allauth.',
  allauth_social_state: 'State of a social login in progress (django-allauth).',
  allauth_social_login: 'A social login waiting for sign-up (django-allauth).',
  otp_device: 'Device that passed two-factor authentication (django-otp).',
  hijack_history: 'Users that are being impersonated (django-hijack).',
  wizard: 'Steps of a form wizard that is not finished (formtools).',
} as const;

export const text = {
  masked: 'This text holds sensitive values',
  maskedText: 'Tokens, hashes and e-mail addresses are readable in it.',
  show: 'Show the text',
  readOnly: 'A {{serializer}} session as Python would print it: for reading and copying. Values are changed in the Data view.',
} as const;

export const verdict = {
  acceptance: 'Would Django accept this?',
  decodes: 'Decodes',
  decodesYes: 'It decodes',
  signature: 'Signature',
  key: 'Key',
  salt: 'Salt',
  algorithm: 'Algorithm',
  signed: 'Signed',
  format: 'Format',
  compressed: 'Compressed',
  formats: { signed: 'Django 3.1 and newer', legacy: 'before Django 3.1', unsigned: 'not signed' },
} as const;

export const signatureReason = {
  verified: 'The signature holds',
  'verified-by-fallback': 'The signature holds by an older key',
  'no-key': 'No key to verify it with',
  'does-not-match': 'No key matches the signature',
  'not-signed': 'This kind of value is not signed',
  malformed: 'There is no well-formed signature',
  'other-salt': 'The key matches, the salt is another one',
  expired: 'The signature holds, and is too old',
} as const;

export const acceptance = {
  accepted: 'Yes',
  'accepted by a fallback key': 'Yes, by a fallback key',
  'logged out at the next request': 'The user is logged out at the next request',
  anonymous: 'Yes, as an anonymous session',
  'empty session': 'No: Django starts an empty session',
  unknown: 'Not known',
} as const;

export const stored = {
  title: 'Stored value',
  text: 'as text',
  base64: 'binary, shown as base64',
  copy: 'Copy the stored value',
  cut: 'Only the beginning is shown.',
} as const;

export const parts = {
  legend: 'Meaning of the colours',
  compression: 'Compressed with zlib',
  payload: 'Data',
  separator: 'Separator',
  timestamp: 'Time of signing',
  signature: 'Signature',
  mask: 'Mask',
  secret: 'Secret',
  hash: 'Hash',
  text: 'Text',
} as const;

export const twin = {
  title: 'Copy in the cache',
  text: 'cached_db reads the cache first: this copy is what the site sees until it leaves the cache. Apply writes the row and drops this copy.',
  expires: 'Leaves the cache:',
  differences: 'Differences between database and cache',
  database: 'Database',
  cache: 'Cache',
} as const;

export const copyAs = {
  open: 'Copy as',
  format: { json: 'JSON', python: 'Python dict', django: 'Django shell code', cookie: 'Cookie header', curl: 'cURL' },
  redacted: 'Redacted: keys, hashes, tokens and e-mails masked',
  copied: 'Copied as {{format}}',
  copiedRedacted: 'Copied as {{format}}, redacted',
  note: {
    login: 'Whoever holds this cookie is logged in as its user while the session lives.',
    expiry: 'save() computes when the session ends: from _session_expiry, else from the site’s settings.',
    address: 'SESSION_COOKIE_DOMAIN is not set: the address is that of runserver.',
  },
} as const;

export const draft = {
  title: 'Changes that are not applied',
  changes_one: '{{count}} change',
  changes_other: '{{count}} changes',
  undo: 'Undo edit',
  discard: 'Discard',
  review: 'Review…',
} as const;

export const review = {
  title: 'Review the changes',
  loading: 'Preparing…',
  back: 'Back',
  apply: 'Apply',
  applied: 'Session {{key}} changed',
  differences: 'Differences',
  reveal: 'Reveal masked values',
  noDifferences: 'The data stays as it is.',
  moreDifferences_one: 'and {{count}} more',
  moreDifferences_other: 'and {{count}} more',
  path: 'Place',
  before: 'Before',
  after: 'After',
  added: 'Added',
  removed: 'Removed',
  changed: 'Changed',
  expiry: 'Expiry',
  keep: 'Keep the expire date',
  renew: 'Renew it, as save() does',
  size: 'Stored size: {{before}} before, {{after}} after.',
  statements: 'What will run',
  copyStatements: 'Copy the statements',
  asDjango: 'As Django code',
  djangoCode: 'The same as Django code',
  djangoText: 'For manage.py shell. It is not what runs here: save() signs anew and computes the expire date again.',
  moreStatements_one: 'and {{count}} more of the same kind',
  moreStatements_other: 'and {{count}} more of the same kind',
} as const;

export const conflict = {
  title: 'The session was changed meanwhile',
  text: 'Nothing was written. Both versions are below: yours, and the one that is in the store now.',
  deleted: 'Nothing was written: the session is not in the store any more.',
  differences: 'Differences between the versions',
  mineShort: 'Yours',
  theirsShort: 'In the store',
  nothing: 'Not there any more.',
  theirs: 'Take theirs',
  reapply: 'Keep mine: redo on theirs',
  overwrite: 'Overwrite with mine',
  notReplayable:
    'What you changed is not in their version in the same way, so the edits cannot be redone on it. Overwrite with yours, or take theirs and edit again.',
} as const;

export const cycleKey = {
  title: 'cycle_key of {{key}}',
  text: 'Keeps data and expiry under a new random key and deletes the old one. Whoever holds the old cookie is logged out; nobody is given the new key.',
  verb: 'Cycle the key',
  done: 'The session has a new key',
} as const;

export const flush = {
  title: 'flush {{key}}',
  text: 'As request.session.flush(): the data is removed from the store and the key is never used again. The visitor starts with a new, empty session at the next request. It can be restored from Activity while its copy is kept.',
  verb: 'Flush 1 session',
} as const;
