/**
 * What django/ says to a person about a value, sentence by sentence: a code, and English text with {{gaps}}. A window
 * translates by the code; the command line and error messages take the English. Sentences hold no values of a session
 * beyond what their gaps name.
 */
export const SENTENCES = {
  // Would Django accept this? accept.ts
  key: 'The key has a valid form.',
  'key-short': 'The key has fewer than 8 characters: Django ignores it.',
  'key-characters': 'The key has characters other than a-z and 0-9: the file engine refuses it.',
  'cookie-age': 'The signature is not older than SESSION_COOKIE_AGE.',
  'cookie-expired': 'Signed {{seconds}} s ago, more than SESSION_COOKIE_AGE ({{max_age}} s).',
  expiry: 'Not expired.',
  'expiry-unknown': 'When it expires is not known.',
  expired: 'Expired: Django does not load it.',
  'no-key': 'The signature could not be verified: no key.',
  'bad-signature': 'The signature does not match: Django reads an empty session.',
  signature: 'The signature holds with SECRET_KEY.',
  'signature-by-fallback': 'The signature holds only with fallback {{key}}.',
  'fallback-unknown': 'Signed with fallback {{key}}, but SECRET_KEY_FALLBACKS exists since Django 4.1.',
  'old-format': 'The format of Django before 3.1, which 4.0 and later do not read.',
  'new-format': 'The format of Django 3.1 and later: an older site answers with an error.',
  sha1: 'Signed with SHA-1, which Django 4.0 and later do not accept.',
  sha256: 'Signed with SHA-256, which Django before 3.1 does not accept.',
  digest: 'Signed with {{algorithm}}: Django signs sessions with SHA-256, and accepts no other digest since 4.0.',
  'old-scheme': 'Salted as before Django 5.2.15 and 6.0.6, which 6.1 reads only with SIGNED_COOKIE_LEGACY_SALT_FALLBACK.',
  'new-scheme': 'Salted as since Django 5.2.15 and 6.0.6, which older releases do not read.',
  corrupt: 'The data do not decode: {{problem}}',
  refused: 'Python refuses the data: {{problem}}',
  pickle: 'Pickled, and Django 5.0 removed PickleSerializer.',
  serializer: 'The data are {{serializer}}, but the site reads {{expected}}.',
  'not-a-dict': 'The data are no dict: Django fails when it uses them.',
  data: 'The data decode.',
  'no-login': 'It holds no login: the visitor is anonymous.',
  'no-backend': '_auth_user_backend is missing: the visitor is anonymous.',
  'user-unknown': 'The user and the password hash could not be looked up.',
  'user-missing': 'The user does not exist: the visitor is anonymous, the session stays.',
  'user-inactive': 'The user is inactive: the visitor is anonymous, the session stays.',
  'no-hash': '_auth_user_hash is missing: Django flushes the session.',
  'hash-unknown': 'The auth hash could not be checked: it needs SECRET_KEY and the password column.',
  'hash-optional': 'Django before 1.10 compares the auth hash only where SessionAuthenticationMiddleware is installed.',
  'password-changed': 'The auth hash does not match: the password was changed, or SECRET_KEY was. Django flushes the session.',
  'auth-hash': 'The auth hash matches the password.',
  'auth-hash-by-fallback': 'The auth hash matches only with fallback {{key}}: at the next request the session gets a new key.',

  // What a signature comes to: diagnose.ts
  'signature-none': 'Not signed: there is nothing to verify.',
  'signature-unread': 'Not read: there is nothing to verify.',
  'signature-decodes': 'Decodes.',
  'signature-undecoded': 'Does not decode.',
  'signature-by-key': 'Signed with SECRET_KEY.',
  'signature-by-old-key': 'Signed with fallback {{key}}.',
  'signature-old-key-hint': 'Django 4.1 and later accept it while this key stays in SECRET_KEY_FALLBACKS.',
  'signature-legacy': 'Written by Django < 3.1 (or 3.1 and 3.2 with DEFAULT_HASHING_ALGORITHM = "sha1").',
  'signature-sha1': 'SHA-1, so written by Django < 3.1 (or 3.1 and 3.2 with DEFAULT_HASHING_ALGORITHM = "sha1").',
  'signature-digest': '{{algorithm}}, so written by a Signer with its own algorithm.',
  'signature-aged': 'Signed {{seconds}} s ago, more than the {{max_age}} s that it is valid.',
  'signature-no-key': 'Not verified: there is no key to try.',
  'signature-no-key-hint': 'Enter the SECRET_KEY of the site.',
  'signature-salt': 'The salt is {{salt}}, though.',
  'signature-of-session': 'It belongs to a stored session of that SessionStore class.',
  'signature-of-cookie': 'It belongs to the signed_cookies engine.',
  'signature-of-messages': 'It belongs to the messages cookie.',
  'signature-of-set-signed-cookie': 'It belongs to a cookie of set_signed_cookie().',
  'signature-of-dumps': 'It belongs to another use of signing.dumps().',
  'signature-of-signer': 'It belongs to a plain Signer.',
  'signature-class-hint': 'The class is entered as {{class_name}}; the salt says otherwise.',
  'signature-salt-hint': 'Read it as what it is, or enter the salt it was signed with.',
  'signature-length': 'The signature has {{characters}} characters; those of Django have 43 (SHA-256) or 27 (SHA-1).',
  'signature-odd-length': 'The signature has an unusual length; those of Django have 43 (SHA-256) or 27 (SHA-1).',
  'signature-length-hint': 'The value was cut or characters were added: copy all of it again.',
  'signature-cut': 'The signature does not match and the payload does not decode: the value was cut or changed.',
  'signature-cut-hint': 'Copy the whole value again; look for characters that a terminal, a log or URL-encoding changed.',
  'signature-other-key': 'Decodes, but the signature does not match the key.',
  'signature-other-keys': 'Decodes, but the signature does not match any of {{keys}} keys.',
  'signature-other-key-hint':
    'Most likely another SECRET_KEY signed it. Otherwise the site has a SessionStore class of another name, or the payload was changed.',

  // Why a value was named so: identify.ts, foreign.ts
  'named-old-messages': 'Hash, "$" and JSON: a messages cookie of Django 3.0 or before.',
  'named-legacy': 'Base64 of a hash, a colon and data: session text of Django 3.0 or before.',
  'named-sign-object': 'Signed data without a timestamp, as Signer.sign_object() makes.',
  'named-sign': 'Text and a signature, as Signer.sign() makes.',
  'named-session-salt': 'Its signature holds with the salt of stored sessions, {{salt}}.',
  'named-cookie-salt': 'Its signature holds with the salt of the signed_cookies engine.',
  'named-messages-salt': 'Its signature holds with the salt of the messages cookie.',
  'named-name-salt': "Its signature holds with the cookie's name and salt.",
  'named-name-salt-scheme': "Its signature holds with the cookie's name and salt, scheme {{scheme}}.",
  'named-salt': 'Its signature holds with the salt {{salt}}.',
  'named-default-salt': 'Its signature holds with the default salt {{salt}}.',
  'named-messages': 'Signed data that hold messages.',
  'named-no-dict': 'Signed data that are no dict, as signing.dumps() makes.',
  'named-session-cookie': 'Signed data in the session cookie.',
  'named-cookie': 'Signed data in a cookie.',
  'named-data': 'Signed data in the form of stored sessions, signed_cookies sessions and signing.dumps().',
  'named-damaged': 'The form of compressed signed data, but they cannot be read.',
  'named-text-cookie': 'Text in the clear, a timestamp and a signature in a cookie.',
  'named-text': 'Text in the clear, a timestamp and a signature.',
  'named-pickle': 'Base64 of a Python pickle, as the database cache stores values.',
  'named-key': '32 characters of a-z and 0-9, as Django makes session keys.',
  'named-key-cookie': 'It came in the session cookie and is long enough for a key.',
  'named-language-cookie': 'The language cookie.',
  'named-language': 'The form of a language code.',
  'named-csrf-secret': '32 letters and digits: a CSRF secret.',
  'named-csrf-masked': '64 letters and digits: a masked CSRF token.',
  'named-reset': 'A time in base 36, a dash and half of an HMAC: a password-reset token.',
  'named-jwt': 'Not Django: a JSON Web Token.',
  'named-flask': 'Not Django: a session of Flask or another user of itsdangerous.',
  'named-rails': 'Not Django: a session of Ruby on Rails.',
  'named-laravel': 'Not Django: an encrypted cookie of Laravel.',
  'named-express': 'Not Django: a session of Express.',
  'named-password': "Not a session: the column of a user's password.",
  'named-analytics': 'Not Django: a cookie of Google Analytics.',
  'named-uuid': 'Not known to Django: a UUID.',
  'named-hash': 'A hexadecimal digest, perhaps the _auth_user_hash of a session.',
  'named-json': 'JSON or text like it, without a signature.',
  'named-long': 'A long value that has no form of Django.',
  'named-nothing': 'Neither signed by Django nor in the form of a key or token.',

  // The parts of a value: anatomy.ts, identify.ts
  'part-old-hash': 'HMAC-SHA1 of what follows.',
  'part-messages': 'Messages as JSON.',
  'part-compression': 'The payload is compressed with zlib.',
  'part-payload': 'The payload: data in URL-safe base64, or text.',
  'part-timestamp': 'When it was signed: seconds since 1970 in base 62.',
  'part-signature': 'The signature: HMAC-{{algorithm}}.',
  'part-odd-signature': 'A signature of unusual length.',
  'part-legacy-hash': 'Base64 of the HMAC-SHA1 in hexadecimal and a colon.',
  'part-legacy-data': 'Base64 of the data.',
  'part-pickle': 'Base64 of a pickle.',
  'part-key': 'The session key.',
  'part-language': 'A language code.',
  'part-csrf-secret': 'The secret.',
  'part-csrf-mask': 'The mask, random.',
  'part-csrf-cipher': 'The secret, enciphered with the mask.',
  'part-reset-time': 'When it was made: base 36, since 2001.',
  'part-reset-hash': 'Every second digit of an HMAC.',
  'part-unknown': 'Not recognized.',
  'part-separator': 'Separator.',

  // When a session ends: expiry.ts, expire-date.ts
  'expiry-now': 'Ends at this very moment: neither loaded nor cleared.',
  'expiry-no-ttl': 'The entry has no TTL: the cache keeps it until it needs the room.',
  'expiry-of-cookie': '_session_expiry only sets the Max-Age of the cookie; the signature is valid as long as this.',
  'expiry-unusable-key': 'Django opens no file for a key like this: it is never loaded and never cleared.',
  'expiry-empty-file': 'An empty file has no end: Django loads it as an empty session and never clears it.',
  'expiry-raises': 'Loading it raises {{error}}: {{text}}.',
  'expiry-negative': 'A negative _session_expiry has expired in this engine as soon as it is written.',
  'expiry-relative': "A number as _session_expiry never expires in this engine: the file's age is not asked.",
  'date-infinity': 'The column holds {{text}}, which Django cannot read.',
  'date-none': 'The column holds no date and time.',
  'date-raises': 'Django raises {{error}}: {{text}}.',
  'date-unread': 'Django {{version}} reads no date from this text.',
  'date-twice': 'The clocks of {{zone}} show this time twice, as they are set back; the first is meant here.',
  'date-never': 'The clocks of {{zone}} never show this time, as they are set forward; it is read with the offset before.',

  // About a document: serializers/*
  'warning-not-a-dict': 'The payload is not a dict: Django cannot use it as a session.',
  'warning-duplicate': 'The key {{key}} occurs twice in one dict: Python keeps the last value.',
  'warning-duplicates': 'A key occurs twice in one dict: Python keeps the last value.',
  'warning-utf8': 'The payload holds raw non-ASCII characters; Python writes them as \\u escapes.',
  'warning-latin1': 'The payload holds raw non-ASCII bytes: Django reads them as latin-1, so UTF-8 text appears garbled.',
  'warning-non-finite-json': 'The payload holds NaN or an infinity, which only Python reads in JSON.',
  'warning-non-finite': 'The payload holds NaN or an infinity.',
  'warning-long-int': 'An integer has more than {{digits}} digits: Python refuses the payload, so Django reads an empty session.',
  'warning-escapes': 'A string is escaped unusually: Django reads it, but writes it differently.',
  'warning-numbers': 'A number is spelled unusually: Django reads it, but writes it differently.',
  'warning-spaces': 'There are spaces or line ends between the values: Django reads it, but writes it differently.',
  'warning-msgpack-key':
    'A dict has a key that is neither str nor bytes: msgpack.loads() refuses the payload, so the site reads no session.',
  'warning-calls': 'Loading it calls {{names}}.',
  'warning-imports': 'Loading it imports {{names}}.',
  'warning-and-more': 'Loading it calls or imports {{count}} more.',
  'warning-trailing': 'Bytes after the end, which Python ignores: {{count}}.',
  'warning-shared': 'It stands for more values than could be written out: its parts are shared again and again.',
  'warning-memo': 'It names memo entry {{index}}, for which Python reserves memory.',
  'warning-persistent-id': 'It holds a persistent id, with which Django refuses to load it.',
  'warning-extension': 'It holds a code of the extension registry, with which Django refuses to load it.',
  'warning-buffer': 'It needs data from outside of the pickle, without which Django refuses to load it.',
  'warning-python2': 'It holds 8-bit strings of Python 2 that are not ASCII: Python 3 refuses to load it.',
  'warning-old-format': 'The format of Django before 3.1: 4.0 and later do not read it.',
  'warning-sha1': 'Signed with SHA-1: Django 4.0 and later do not accept it.',
  'warning-digest': 'Signed with {{algorithm}}: Django itself neither signs nor accepts sessions with it.',
  'warning-fallback': 'Signed with fallback {{key}}: Django before 4.1 does not accept it.',

  // About one value of a document
  'note-duplicate': 'Duplicate key: Python keeps the last.',
  'note-overflow': 'Too large for a float: Python reads an infinity.',
  'note-long-int': 'More than {{digits}} digits: Python refuses to read it.',
  'note-msgpack-key': 'A key that is neither str nor bytes: msgpack.loads() refuses the whole payload.',
  'note-extension': 'Extension type {{type}}.',
  'note-timestamp': 'Timestamp: {{nanoseconds}} ns since 1970-01-01 UTC.',
  'note-runs-code': 'Runs code when Django loads it.',
  'note-runs': 'Runs code when Django loads it: {{name}}.',
  'note-runs-unnamed': 'Runs code when Django loads it: what another call returns.',
  'note-one-value': 'Shown by the one value it is made of.',
  'note-namedtuple': 'Looks like a namedtuple, whose field names are in its class.',
  'note-plain-python': 'Plain data of Python itself.',
  'note-plain-class': 'Plain data of a known class.',
  'note-shared': 'The same object stands in several places: an edit changes all of them.',
  'note-python2-date': 'Written by Python 2: Python 3 refuses to load it.',
  'note-fold': 'fold=1: the second of two equal local times.',
  'note-zone': 'Time zone {{zone}}.',
  'note-zone-unread': 'Its time zone cannot be read without running it.',
  'note-lazy': 'Translated into the active language wherever it is shown.',
  'note-safe': 'Marked safe: templates do not escape it.',
  'note-model': 'A model instance: its columns as they were when it was stored.',
  'note-default-factory': 'default_factory: {{factory}}.',
  'note-deque': 'A deque.',
  'note-bounded-deque': 'A deque of at most {{items}} items.',
  'note-registry': 'Django refuses to load it: no extension registry entry.',
  'note-buffer': 'Django refuses to load it: the data lies outside of the pickle.',
  'note-persistent-id': 'Django refuses to load it: persistent ids need an unpickler of their own.',
  'note-unshown-int': 'An integer too long to show.',
  'note-hexadecimal': 'More digits than Python prints, shown in hexadecimal.',
  'note-str2': 'An 8-bit string of Python 2; Python 3 loads it as str.',
  'note-str2-refused': 'An 8-bit string of Python 2, not ASCII: Python 3 refuses to load it.',
  'note-repeated-keys': 'Keys that came again, of which Python keeps the last value: {{count}}.',
  'note-changed': 'Loading it changes {{name}}.',

  // What a value says beyond its data: the Cookie Lab
  'fact-user': 'Logged-in user: {{id}}',
  'fact-csrf-secret': 'Secret behind the mask: {{secret}}',
  'fact-text': 'Text: {{text}}',
  'fact-message': 'Message ({{level}}): {{text}}',
  'fact-reset-seconds': 'Made {{count}} seconds after 2001-01-01 00:00, by the clock of the server.',
  'fact-reset-days': 'Made {{count}} days after 2001-01-01, by the clock of the server.',
  'fact-large': '{{bytes}} bytes; browsers drop cookies of more than {{most}}.',
  'sign-not-accepted': 'Django {{version}} does not accept {{algorithm}} here.',
  'sign-future': 'The timestamp is in the future; Django accepts that.',
  'sign-pickle': 'Django {{version}} reads no pickles.',
  'sign-no-dict': 'The data are no dict: Django cannot use them as a session.',
} as const;

export type SentenceCode = keyof typeof SENTENCES;

/** JSON-safe: crosses to the window as it is. */
export type Sentence = Readonly<{
  code: SentenceCode;
  /** what stands in the gaps */
  params?: Readonly<Record<string, string | number>>;
  /** the whole of it in English */
  message: string;
}>;

/** The names of the gaps in a text. */
type Gaps<T extends string> = T extends `${string}{{${infer Name}}}${infer Rest}` ? Name | Gaps<Rest> : never;
type Params<C extends SentenceCode> = [Gaps<(typeof SENTENCES)[C]>] extends [never]
  ? []
  : [params: Readonly<Record<Gaps<(typeof SENTENCES)[C]>, string | number>>];

/** One sentence with its gaps filled. */
export function say<C extends SentenceCode>(code: C, ...[params]: Params<C>): Sentence {
  const given: Readonly<Record<string, string | number>> | undefined = params;
  if (given === undefined) return { code, message: SENTENCES[code] };
  const message = SENTENCES[code].replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(given[name] ?? ''));
  return { code, params: given, message };
}

/** Several sentences as English text. */
export function english(sentences: readonly Sentence[]): string {
  return sentences.map(({ message }) => message).join(' ');
}
