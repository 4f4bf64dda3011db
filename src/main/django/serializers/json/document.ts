import { InspectorError } from '../../../errors.ts';
import { bufferOf } from '../../base64.ts';
import { type Edit, LIMITS, type Limits, type SessionDocument, type ValueNode, type Warning } from '../../document.ts';
import { editJson, placeAt } from './edit.ts';
import { ARRAY, OBJECT, scanJson } from './scanner.ts';
import { endOf, isContainer, type JsonSource, keyOf, kindOf, MAX_INT_DIGITS, startOf, stringOf, valuesOf } from './source.ts';
import { prettyJson } from './text.ts';
import { typedOf } from './typed.ts';
import { viewJson } from './view.ts';
import { jsonWarnings, refusedInt } from './warnings.ts';
import { COMPACT, type Separators, SPACED } from './write.ts';

export type JsonOptions = Readonly<{
  /** latin1: django.core.signing.JSONSerializer (sessions); utf8: the JSON serializers of caches */
  encoding?: 'latin1' | 'utf8';
  /** for new parts where the document shows no style of its own; default compact, as sessions are */
  separators?: Separators;
  limits?: Limits;
}>;

/**
 * Parses a JSON payload as Python reads it: django/core/signing.py JSONSerializer.loads(), all versions, or
 * json.loads(value.decode()) for caches.
 * @throws InspectorError Corrupt where Python raises, LimitExceeded
 */
export function parseJson(payload: Uint8Array, options: JsonOptions = {}): JsonDocument {
  const limits = options.limits ?? LIMITS;
  if (payload.length > limits.payloadBytes)
    throw new InspectorError('LimitExceeded', `The payload has more than ${limits.payloadBytes} bytes`);
  const encoding = options.encoding ?? 'latin1';
  return new JsonDocument(decodeText(payload, encoding), { encoding, separators: options.separators ?? COMPACT, limits }, payload);
}

function decodeText(payload: Uint8Array, encoding: 'latin1' | 'utf8'): string {
  if (encoding === 'latin1') return bufferOf(payload).toString('latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
  } catch (error) {
    throw new InspectorError('Corrupt', 'Not JSON: the payload is not UTF-8', {
      hint: 'Python raises UnicodeDecodeError for it.',
      cause: error,
    });
  }
}

/** A JSON payload as a document that keeps the text of every part. */
export class JsonDocument implements SessionDocument {
  readonly serializer = 'json';
  readonly payload: Uint8Array;
  readonly #source: JsonSource;
  readonly #options: Required<JsonOptions>;
  #warnings: readonly Warning[] | undefined;

  constructor(text: string, options: Required<JsonOptions>, payload?: Uint8Array) {
    this.#source = { text, nodes: scanJson(text, options.limits) };
    this.#options = options;
    this.payload = payload ?? Buffer.from(text, options.encoding);
  }

  get warnings(): readonly Warning[] {
    this.#warnings ??= jsonWarnings(this.#source, this.#options.encoding);
    return this.#warnings;
  }

  /** The payload as text: what Python's json sees. */
  get source(): string {
    return this.#source.text;
  }

  /** Entries of the root dict, duplicates counted once; null where the root is no dict. */
  get size(): number | null {
    if (kindOf(this.#source, 0) !== OBJECT) return null;
    return new Set(valuesOf(this.#source, 0).map((value) => stringOf(this.#source, keyOf(value)))).size;
  }

  /** Why Python refuses a payload that is JSON all the same, or null. @returns Corrupt for an integer of too many digits */
  refusal(): InspectorError | null {
    if (!refusedInt(this.#source)) return null;
    return new InspectorError('Corrupt', `An integer has more than ${MAX_INT_DIGITS} digits`, {
      hint: 'Python refuses to read it, so Django takes the session for empty. Remove or shorten the number.',
    });
  }

  view(limit: number = this.#options.limits.viewNodes): ValueNode {
    return viewJson(this.#source, 0, limit);
  }

  at(path: readonly number[]): ValueNode {
    return viewJson(this.#source, placeAt(this.#source, path).node, this.#options.limits.viewNodes);
  }

  text(): string {
    return prettyJson(this.#source);
  }

  edit(edit: Edit): JsonDocument {
    const text = editJson(this.#source, edit, separatorsOf(this.#source, this.#options.separators), this.#options.limits);
    return text === this.#source.text ? this : new JsonDocument(text, this.#options);
  }

  find(key: string): readonly number[] | null {
    if (kindOf(this.#source, 0) !== OBJECT) return null;
    const values = valuesOf(this.#source, 0);
    for (let index = values.length - 1; index >= 0; index -= 1) {
      if (stringOf(this.#source, keyOf(values[index] ?? 0)) === key) return [index];
    }
    return null;
  }

  typed(): unknown {
    return typedOf(this.#source);
  }
}

/** The style in which a document writes its first container with several parts; else `otherwise`. */
function separatorsOf(source: JsonSource, otherwise: Separators): Separators {
  for (let node = 0; node < source.nodes.length; node += 4) {
    const kind = kindOf(source, node);
    if (!isContainer(kind)) continue;
    const [first, second] = valuesOf(source, node);
    if (first === undefined) continue;
    const between = kind === OBJECT ? source.text.slice(endOf(source, keyOf(first)), startOf(source, first)) : undefined;
    if (between !== undefined) return between === SPACED.key ? SPACED : COMPACT;
    if (kind === ARRAY && second !== undefined)
      return source.text.slice(endOf(source, first), startOf(source, second)) === SPACED.item ? SPACED : COMPACT;
  }
  return otherwise;
}
