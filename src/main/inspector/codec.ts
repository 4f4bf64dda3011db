import { diagnose, evidenceOf, type SignatureReport } from '../django/diagnose.ts';
import { LIMITS, type Limits, type SerializerName, type SessionDocument } from '../django/document.ts';
import { parseSessionPayload } from '../django/serializers/detect.ts';
import { decodeStored, encodeStored, type StoredText, storedFormat } from '../django/session-data.ts';
import { SigningKeys } from '../django/signing.ts';
import { errorData, InspectorError } from '../errors.ts';
import type { Site } from './site.ts';

/** What stored bytes turn out to be. A value that does not decode carries its problem; its signature is judged all the same. */
export type Decoded = Readonly<{
  document: SessionDocument | null;
  problem: InspectorError | null;
  signature: SignatureReport;
  /** engines that sign: what the format and the signature are */
  text: StoredText | null;
}>;

/** Stored bytes, and memcached's flags. */
export type StoredValue = Readonly<{ stored: Uint8Array; flags?: number }>;

/** How an engine turns a session's data into stored bytes and back. */
export interface Codec {
  /**
   * The payload alone, neither verified nor parsed: what a search looks through first.
   * @throws InspectorError Corrupt, LimitExceeded, UnsupportedFormat
   */
  peek(value: StoredValue): Uint8Array;
  /** never throws for what the bytes hold */
  decode(value: StoredValue, limits?: Limits): Decoded;
  /** @throws InspectorError Corrupt, LimitExceeded, UnsupportedFormat */
  parse(payload: Uint8Array, serializer: SerializerName): SessionDocument;
  /**
   * What the site itself would store for these data.
   * @param before what is there now: caches keep its serializer, compression and flags
   * @param now epoch milliseconds @throws InspectorError SecretMissing
   */
  encode(document: SessionDocument, before: StoredValue, now: number): StoredValue;
}

/** db, cached_db's rows and file: django/contrib/sessions/backends/base.py encode() and decode(), signed text. */
export function signedCodec({ keys, profile }: Site): Codec {
  const class_name = profile.session_store_class;
  const noKeys = new SigningKeys([]);
  return {
    peek({ stored }) {
      const { payload, problem } = decodeStored(stored, { keys: noKeys });
      if (payload === null) throw problem ?? new InspectorError('Corrupt', 'The data do not decode');
      return payload;
    },
    decode({ stored }, limits = LIMITS) {
      const text = decodeStored(stored, { keys, class_name, limits });
      const signature = diagnose(evidenceOf(text, keys.length, class_name));
      if (text.payload === null) return { document: null, problem: text.problem, signature, text };
      return { ...parsed(text.payload, text.serializer ?? 'json', limits), signature, text };
    },
    parse: (payload, serializer) => parseSessionPayload(payload, serializer),
    encode(document, _, now) {
      const options = { keys, class_name, ...storedFormat(profile.DJANGO_VERSION, 'stored'), now: Math.floor(now / 1000) };
      return { stored: Buffer.from(encodeStored(document.payload, options), 'latin1') };
    },
  };
}

function parsed(payload: Uint8Array, serializer: SerializerName, limits: Limits): Pick<Decoded, 'document' | 'problem'> {
  try {
    return { document: parseSessionPayload(payload, serializer, limits), problem: null };
  } catch (error) {
    return { document: null, problem: problemOf(error) };
  }
}

/** Every way in which hostile data fail is one bad row; a defect of the app is told apart by its code. */
export function problemOf(error: unknown): InspectorError {
  if (error instanceof InspectorError) return error;
  const { code, message, hint } = errorData(error);
  return new InspectorError(code, message, { ...(hint === undefined ? {} : { hint }), cause: error });
}
