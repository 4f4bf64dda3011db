import { InspectorError } from '../../../errors.ts';
import { type Edit, LIMITS, type Limits, type SessionDocument, type ValueNode, type Warning } from '../../document.ts';
import { editMsgpack, placeAt } from './edit.ts';
import { entriesOf, kindOf, MAP, type MsgpackSource, STR, scanMsgpack, strOf } from './reader.ts';
import { pythonText } from './text.ts';
import { keyText, msgpackWarnings, typedMsgpack, viewMsgpack } from './view.ts';

/**
 * Parses a MessagePack payload as Python reads it: django_redis/serializers/msgpack.py, msgpack.loads(value, raw=False), all versions.
 * @throws InspectorError Corrupt where msgpack raises, LimitExceeded
 */
export function parseMsgpack(payload: Uint8Array, limits: Limits = LIMITS): MsgpackDocument {
  if (payload.length > limits.payloadBytes) {
    throw new InspectorError('LimitExceeded', `The payload has more than ${limits.payloadBytes} bytes`, { hint: 'It was left as it is.' });
  }
  return new MsgpackDocument(scanMsgpack(payload, limits), limits);
}

/** A MessagePack payload as a document that keeps the bytes of every part. */
export class MsgpackDocument implements SessionDocument {
  readonly serializer = 'msgpack';
  readonly #source: MsgpackSource;
  readonly #limits: Limits;
  #warnings: readonly Warning[] | undefined;

  constructor(source: MsgpackSource, limits: Limits) {
    this.#source = source;
    this.#limits = limits;
  }

  get payload(): Uint8Array {
    return this.#source.bytes;
  }

  get warnings(): readonly Warning[] {
    this.#warnings ??= msgpackWarnings(this.#source);
    return this.#warnings;
  }

  /** Entries of the root dict, duplicates counted once; null where the root is no dict. */
  get size(): number | null {
    if (kindOf(this.#source, 0) !== MAP) return null;
    return new Set(entriesOf(this.#source, 0).map(({ key }) => keyText(this.#source, key as number))).size; // a map's entries have keys
  }

  view(limit: number = this.#limits.viewNodes): ValueNode {
    return viewMsgpack(this.#source, 0, limit);
  }

  at(path: readonly number[]): ValueNode {
    return viewMsgpack(this.#source, placeAt(this.#source, path).node, this.#limits.viewNodes);
  }

  text(): string {
    return pythonText(this.view());
  }

  edit(edit: Edit): MsgpackDocument {
    return parseMsgpack(editMsgpack(this.#source, edit, this.#limits), this.#limits);
  }

  find(key: string): readonly number[] | null {
    const entries = kindOf(this.#source, 0) === MAP ? entriesOf(this.#source, 0) : [];
    const index = entries.findLastIndex(
      (entry) => entry.key !== null && kindOf(this.#source, entry.key) === STR && strOf(this.#source, entry.key) === key,
    );
    return index < 0 ? null : [index];
  }

  typed(): unknown {
    return typedMsgpack(this.#source);
  }
}
