/**
 * Reading every session of a store: is a stored value signed, does it decode, whose is it. One pass over the bytes, no
 * objects built. What is not a plain signed JSON session takes the way of session-data.ts and the documents, which also
 * says what is wrong with it; the answers of both ways are the same.
 */
import { type ErrorData, errorData } from '../../errors.ts';
import { SESSION_KEY } from '../auth.ts';
import { bufferOf } from '../base64.ts';
import { LIMITS, type Limits, type SessionDocument } from '../document.ts';
import { keyCount, userIdAt } from '../document-facts.ts';
import { inflateShared, sharedOutput } from '../inflate.ts';
import { parseSessionPayload } from '../serializers/detect.ts';
import { decodeStored, sessionSalt } from '../session-data.ts';
import { constantTimeCompare, SigningKeys } from '../signing.ts';
import { JsonBytes } from './json-bytes.ts';
import { HMAC_ROOM, RowHmac } from './row-hmac.ts';

/** Longer values take the slow way; nearly all sessions are far shorter. */
const TEXT_BYTES = 256 * 1024;
/** Characters of a SHA-256 signature. */
const SIGNATURE = 43;
/** Digits up to which every base62 timestamp is a safe integer. */
const TIMESTAMP = 8;

const COLON = 0x3a;
const DOT = 0x2e;
const BASE62 = Uint8Array.from({ length: 256 }, (_, code) => (/[0-9A-Za-z]/.test(String.fromCharCode(code)) ? 1 : 0));

type ErrorCode = ErrorData['code'];

/** What one stored value comes to. */
export type RowFacts = Readonly<{
  /** null where there is no key to try */
  verified: boolean | null;
  /** why its data cannot be read; null where they can */
  problem: ErrorCode | null;
  /** what stands under `_auth_user_id`, null where nobody is logged in */
  user: string | null;
  /** keys of the root dict, null where the root is none */
  keys: number | null;
  /** bytes of the payload; 0 where it cannot be had */
  payload: number;
}>;

export type RowOptions = Readonly<{
  keys: SigningKeys;
  /** `__qualname__` of the SessionStore class */
  class_name?: string;
  limits?: Limits;
}>;

/** The answer to a quick look: it may match, it cannot, or its payload cannot be had. */
export type Glance = 'maybe' | 'no' | ErrorCode;

export class RowReader {
  /** rows that took the slow way */
  slow = 0;
  /** what `owner` found: a user's id, null for nobody, undefined where only the document can say */
  user: string | null | undefined = null;
  readonly #options: RowOptions;
  readonly #limits: Limits;
  readonly #hmacs: readonly RowHmac[];
  readonly #row = Buffer.allocUnsafeSlow(HMAC_ROOM + TEXT_BYTES);
  readonly #data = Buffer.allocUnsafeSlow(TEXT_BYTES + 1);
  readonly #json = new JsonBytes();
  #payload: Buffer = this.#data;
  /** characters of the stored value, and where its signature's colon stands */
  #length = 0;
  #last = 0;

  constructor(options: RowOptions) {
    this.#options = options;
    this.#limits = options.limits ?? LIMITS;
    const { keys, class_name } = options;
    this.#hmacs = Array.from({ length: keys.length }, (_, index) => new RowHmac(keys, index, sessionSalt(class_name)));
  }

  /** Verifies and decodes. @param stored text of a column, or the bytes of a file; never throws for what it holds */
  read(stored: string | Uint8Array): RowFacts {
    const length = this.#open(stored);
    if (length < 0 || !this.#json.read(this.#payload, length)) {
      this.slow += 1;
      return readSlowly(stored, this.#options);
    }
    const { user, keys } = this.#json;
    return { verified: this.#verified(), problem: null, user, keys, payload: length };
  }

  /** True for a row that `read` takes the fast way, with a signature that holds or cannot be tried: nothing is wrong with it. */
  isOrdinary(stored: string | Uint8Array): boolean {
    const { slow } = this;
    const { verified } = this.read(stored);
    return this.slow === slow && verified !== false;
  }

  /**
   * Whose session it is, in `user`; nothing is verified, and of a payload only as much is read as that takes.
   * @returns why the payload cannot be had, or null
   */
  owner(stored: string | Uint8Array): ErrorCode | null {
    const length = this.#open(stored);
    if (length < 0) return this.#slowOwner(stored);
    const text = this.#payload.toString('latin1', 0, length);
    const first = text.indexOf(SESSION_KEY);
    const hiding = text.includes('\\u00') && HIDING.test(text);
    this.user = null;
    // JSON whose text has the key nowhere has it at no place; one that has it once is read up to there.
    if (first < 0 && !hiding && text.startsWith('{')) return null;
    const once = !hiding && text.indexOf(SESSION_KEY, first + 1) < 0;
    const read = once ? this.#json.readUser(this.#payload, length) : this.#json.read(this.#payload, length);
    this.user = read ? this.#json.user : undefined;
    return null;
  }

  #slowOwner(stored: string | Uint8Array): ErrorCode | null {
    this.slow += 1;
    this.user = undefined;
    const { payload, problem } = decodeStored(stored, { keys: NO_KEYS, limits: this.#limits });
    return payload === null ? (problem?.code ?? 'Corrupt') : null;
  }

  /**
   * Whether some key or value of the row may contain `text` (in lower case); nothing is verified. `no` is certain, and the
   * payload is then JSON as Python reads it.
   */
  glance(stored: string | Uint8Array, text: string): Glance {
    const length = this.#open(stored);
    if (length >= 0) {
      if (mayContain(this.#payload.toString('latin1', 0, length), text)) return 'maybe';
      return this.#json.read(this.#payload, length) ? 'no' : 'maybe';
    }
    return this.#slowOwner(stored) ?? 'maybe';
  }

  /** Takes a plain signed value apart and inflates it. @returns bytes of the payload in `#payload`, or -1 */
  #open(stored: string | Uint8Array): number {
    const text = typeof stored === 'string' ? stored : bufferOf(stored).toString('latin1');
    this.#length = text.length;
    this.#last = text.length - SIGNATURE - 1;
    if (text.length > Math.min(TEXT_BYTES, this.#limits.storedBytes) || text.lastIndexOf(':') !== this.#last) return -1;
    // One byte for each character: all of it is ASCII, as the bytes that were signed are taken from here.
    if (this.#row.write(text, HMAC_ROOM, 'utf8') !== text.length) return -1;
    const colon = this.#timestampColon();
    if (colon < 0) return -1;
    const compressed = text.charCodeAt(0) === DOT;
    const encoded = text.slice(compressed ? 1 : 0, colon);
    const length = this.#data.write(encoded, 0, 'base64url');
    // Node skips foreign characters as Python does, but pads differently: a shorter output had some.
    if (encoded.length % 4 === 1 || length !== Math.floor((encoded.length * 3) / 4)) return -1;
    return this.#inflate(compressed, length);
  }

  #inflate(compressed: boolean, length: number): number {
    this.#payload = compressed ? sharedOutput() : this.#data;
    const payload = compressed ? inflateShared(this.#data, length) : length;
    if (!compressed) this.#data[length] = 0;
    // A payload has at most as many nodes as bytes.
    return payload > Math.min(this.#limits.payloadBytes, this.#limits.nodes) ? -1 : payload;
  }

  /** The colon before a timestamp of a few base62 digits that ends at the signature, or -1. */
  #timestampColon(): number {
    for (let at = this.#last - 1; at >= 0 && at >= this.#last - 1 - TIMESTAMP; at -= 1) {
      const code = this.#row[HMAC_ROOM + at] ?? 0;
      if (code === COLON) return at < this.#last - 1 ? at : -1;
      if (BASE62[code] !== 1) return -1;
    }
    return -1;
  }

  #verified(): boolean | null {
    if (this.#hmacs.length === 0) return null;
    const signature = this.#row.toString('latin1', HMAC_ROOM + this.#last + 1, HMAC_ROOM + this.#length);
    return this.#hmacs.some((hmac) => constantTimeCompare(hmac.sign(this.#row, HMAC_ROOM + this.#last), signature));
  }
}

const NO_KEYS = new SigningKeys([]);

/** What the decoder of single sessions says: the measure of RowReader, and its way for all that is unusual. */
export function readSlowly(stored: string | Uint8Array, { keys, class_name, limits = LIMITS }: RowOptions): RowFacts {
  const text = decodeStored(stored, { keys, limits, ...(class_name === undefined ? {} : { class_name }) });
  const { verified } = text.signature;
  const broken = (problem: ErrorCode, payload: number): RowFacts => ({ verified, problem, user: null, keys: null, payload });
  if (text.payload === null) return broken(text.problem?.code ?? 'Corrupt', 0);
  let document: SessionDocument;
  try {
    document = parseSessionPayload(text.payload, text.serializer ?? 'json', limits);
  } catch (error) {
    return broken(errorData(error).code, text.payload.length);
  }
  return { verified, problem: null, user: userIdAt(document), keys: keyCount(document), payload: text.payload.length };
}

/** Escapes that stand for an ASCII character, or for one whose lower-case form has an ASCII letter. */
const HIDING = /\\u(?:00[2-7]|0130|212[aA])/;
/** Texts that stand in a payload as they are, unless they are written with such escapes or are part of a word of Python. */
const PLAIN = /^[0-9a-z_.@+-]{2,}$/;
const PYTHON_WORDS = ['none', 'nan', 'infinity', 'inf'];

/** @param payload latin-1 text of JSON */
function mayContain(payload: string, text: string): boolean {
  if (!PLAIN.test(text) || (payload.includes('\\') && HIDING.test(payload))) return true;
  return PYTHON_WORDS.some((word) => word.includes(text)) || payload.toLowerCase().includes(text);
}
