export const sessions = {
  title: 'Sessions',
  connecting: 'Connecting…',
  loading: 'Loading sessions…',
  ended: 'The connection ended',
  reconnect: 'Connect again',
  editProfile: 'Edit profile…',
  shown_one: '{{count}} session shown',
  shown_other: '{{count}} sessions shown',
  count_one: '{{shown}} session',
  count_other: '{{shown}} sessions',
  estimate_one: '≈ {{shown}} session',
  estimate_other: '≈ {{shown}} sessions',
  atLeast_one: 'at least {{shown}} session',
  atLeast_other: 'at least {{shown}} sessions',
  found_one: '{{count}} found',
  found_other: '{{count}} found',
  countExactly: 'Count exactly',
  revealKeys: 'Reveal session keys',
  hideKeys: 'Hide session keys',
  refresh: 'Refresh',
  autoRefresh: 'Refresh by itself',
  autoOff: 'Off',
  autoEvery: 'Every {{seconds}} seconds',
  moreActions: 'More actions',
  limits_one: '{{count}} note',
  limits_other: '{{count}} notes',
  filterLabel: 'State',
  scanHint: 'Reads through the whole store to find these.',
  selection: 'Selected sessions',
  selected_one: '{{count}} session selected',
  selected_other: '{{count}} sessions selected',
  selectOne: 'Select session {{key}}',
  keysCopied_one: '{{count}} session key copied',
  keysCopied_other: '{{count}} session keys copied',
  clearSelection: 'Clear the selection',
  userMissing: '(not in the user table)',
  userInactive: '(inactive)',
} as const;

export const column = {
  session_key: 'Session key',
  user: 'User',
  expires: 'Expires',
  size: 'Size',
  keys: 'Keys',
  state: 'State',
  agreement: 'Cache',
} as const;

export const state = {
  all: 'All',
  live: 'Live',
  expired: 'Expired',
  corrupt: 'Corrupt',
  unsigned: 'Unverified',
} as const;

export const agreement = {
  equal: 'Equal',
  'database only': 'Database only',
  'cache only': 'Cache only',
  different: 'Different',
  'cache unavailable': 'Cache unavailable',
} as const;

export const search = {
  label: 'Find sessions',
  where: 'Search in',
  user: 'User',
  key: 'Session key',
  data: 'Any value',
  submit: 'Search',
  clear: 'Clear the search',
  placeholder: {
    user: 'User id, name or e-mail',
    key: 'Beginning of the key, or a whole key',
    data: 'Text in any key or value',
  },
} as const;

export const empty = {
  searching: 'Searching',
  searchingText: 'Nothing has been found so far.',
  cookies: 'These sessions are kept in the browsers',
  cookiesText:
    'With signed_cookies the store is the cookie itself: there is no list. Paste a cookie into the Cookie Lab to read, verify and sign it.',
  keyNeeded: 'This store cannot be listed',
  openKey: 'Open session',
  noMatch: 'No session matches',
  noMatchText: 'The search and the chosen state leave nothing. Sessions may have ended meanwhile.',
  showAll: 'Show all sessions',
  none: 'No sessions yet',
  noneText:
    'The store is reachable and empty. Django writes a session when a view stores something in request.session, for example at login.',
} as const;

export const confirm = {
  profile: 'Profile',
  where: 'Where',
  typeName: 'Name of the profile',
  typeNameHelp: 'This is a production profile. Type its name to go on:',
} as const;

export const job = {
  name: { find: 'Search', clear_expired: 'clear_expired', delete: 'Delete', set_expiry: 'set_expiry' },
  scanned: '{{scanned}} scanned',
  scannedOf: '{{scanned}} of {{total}} scanned',
  found: '{{found}} found',
  changed: '{{changed}} done',
  rate: '{{rate}} per second',
  left: '{{time}} left',
  stopping: 'Stopping…',
  stopped: 'Stopped before the end.',
  failed: 'The job failed',
  failures_one: '{{count}} failed',
  failures_other: '{{count}} failed',
  counted_one: '{{count}} expired session found',
  counted_other: '{{count}} expired sessions found',
  done: {
    find_one: 'Search ended: {{count}} session found',
    find_other: 'Search ended: {{count}} sessions found',
    clear_expired_one: '{{count}} expired session cleared',
    clear_expired_other: '{{count}} expired sessions cleared',
    delete_one: '{{count}} session deleted',
    delete_other: '{{count}} sessions deleted',
    set_expiry_one: 'Expiry of {{count}} session set',
    set_expiry_other: 'Expiry of {{count}} sessions set',
  },
} as const;

const deletion = {
  title_one: 'Delete session {{key}}?',
  title_other: 'Delete {{count}} sessions?',
  text_one: 'Whoever uses this session is logged out at the next request. It can be restored from Activity while its copy is kept.',
  text_other:
    'Whoever uses these sessions is logged out at the next request. They can be restored from Activity while their copies are kept.',
  verb_one: 'Delete {{count}} session',
  verb_other: 'Delete {{count}} sessions',
} as const;

export { deletion as delete };

export const clear = {
  menu: 'clear_expired…',
  title: 'Clear expired sessions',
  text: 'As manage.py clearsessions: removes the sessions whose expiry has passed. Live sessions are not touched.',
  textTtl: 'The cache removes what has expired by itself. Entries without a time to live stay for ever: these are offered here.',
  found_one: '{{shown}} session has expired.',
  found_other: '{{shown}} sessions have expired.',
  batches: 'They are removed in small batches; Stop leaves the rest as it is.',
  verb_one: 'Clear {{shown}} session',
  verb_other: 'Clear {{shown}} sessions',
  verbUnknown: 'Clear',
  background: 'Go on in the background',
  started: 'Clearing expired sessions',
} as const;

export const bulkExpiry = {
  open: 'Set expiry…',
  title_one: 'Set the expiry of {{count}} session',
  title_other: 'Set the expiry of {{count}} sessions',
  text: 'set_expiry is called for each of them in {{where}}.',
  verb_one: 'Set expiry of {{count}} session',
  verb_other: 'Set expiry of {{count}} sessions',
} as const;
