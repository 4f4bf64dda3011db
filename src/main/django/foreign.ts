/** Forms of values that other software makes, each with the sentence that names it. */
const FORMS: readonly Readonly<{ form: RegExp; name: string }>[] = [
  { form: /^eyJ[\w-]+\.eyJ?[\w-]*\.[\w-]*$/, name: 'not Django: a JSON Web Token' },
  { form: /^\.?eyJ?[\w-]+\.[\w-]{5,8}\.[\w-]{27,43}$/, name: 'not Django: a session of Flask or another user of itsdangerous' },
  { form: /^[\w%+/=-]{20,}--[0-9a-f]{40,64}$/, name: 'not Django: a session of Ruby on Rails' },
  { form: /^eyJpdiI6[\w+/=%-]+$/, name: 'not Django: an encrypted cookie of Laravel' },
  { form: /^s(?::|%3A)[\w-]+\.[\w+/=%-]+$/, name: 'not Django: a session of Express' },
  { form: /^(?:pbkdf2_|argon2|bcrypt|scrypt|md5\$|sha1\$)[\w$+/=.,-]*$/, name: "not a session: the column of a user's password" },
  { form: /^GA1\.\d\.|^GS\d\.\d\./, name: 'not Django: a cookie of Google Analytics' },
  { form: /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i, name: 'not known to Django: a UUID' },
  { form: /^[0-9a-f]{40}$|^[0-9a-f]{64}$/, name: 'a hexadecimal digest, perhaps the _auth_user_hash of a session' },
  { form: /^\s*[[{][\s\S]*[\]}]\s*$/, name: 'JSON or text like it, without a signature' },
];

/** Past this length a value is described by its length: regular expressions cost memory by the character. */
const MAX_LENGTH = 16_384;

/** A sentence that says what an unknown value looks like. */
export function foreignKind(value: string): string {
  if (value.length > MAX_LENGTH) return 'a long value that has no form of Django';
  const known = FORMS.find(({ form }) => form.test(value));
  if (known !== undefined) return known.name;
  return 'neither signed by Django nor in the form of a key or token';
}
