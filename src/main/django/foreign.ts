import { type Sentence, say } from './sentences.ts';

/** Forms of values that other software makes, each with the sentence that names it. */
const FORMS: readonly Readonly<{ form: RegExp; name: Sentence }>[] = [
  { form: /^eyJ[\w-]+\.eyJ?[\w-]*\.[\w-]*$/, name: say('named-jwt') },
  { form: /^\.?eyJ?[\w-]+\.[\w-]{5,8}\.[\w-]{27,43}$/, name: say('named-flask') },
  { form: /^[\w%+/=-]{20,}--[0-9a-f]{40,64}$/, name: say('named-rails') },
  { form: /^eyJpdiI6[\w+/=%-]+$/, name: say('named-laravel') },
  { form: /^s(?::|%3A)[\w-]+\.[\w+/=%-]+$/, name: say('named-express') },
  { form: /^(?:pbkdf2_|argon2|bcrypt|scrypt|md5\$|sha1\$)[\w$+/=.,-]*$/, name: say('named-password') },
  { form: /^GA1\.\d\.|^GS\d\.\d\./, name: say('named-analytics') },
  { form: /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i, name: say('named-uuid') },
  { form: /^[0-9a-f]{40}$|^[0-9a-f]{64}$/, name: say('named-hash') },
  { form: /^\s*[[{][\s\S]*[\]}]\s*$/, name: say('named-json') },
];

/** Past this length a value is described by its length: regular expressions cost memory by the character. */
const MAX_LENGTH = 16_384;

/** A sentence that says what an unknown value looks like. */
export function foreignKind(value: string): Sentence {
  if (value.length > MAX_LENGTH) return say('named-long');
  return FORMS.find(({ form }) => form.test(value))?.name ?? say('named-nothing');
}
