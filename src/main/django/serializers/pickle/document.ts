import { InspectorError } from '../../../errors.ts';
import { type Edit, LIMITS, type Limits, type SessionDocument, type ValueNode, type Warning } from '../../document.ts';
import { canSet, editPickle, placeAt } from './edit.ts';
import { type Clock, readPickle } from './reader.ts';
import { pythonText } from './repr.ts';
import { keyOf, shapeOf } from './shapes.ts';
import { callsOf, globalsOf, structureOf } from './structure.ts';
import type { Tape } from './tape.ts';
import { typedOf } from './typed.ts';
import { referenceNumbers, viewOf } from './view.ts';
import { refusalOf, warningsOf } from './warnings.ts';

/**
 * Reads a pickle of protocols 0 to 5 without importing or calling anything. What follows STOP is kept.
 * @param clock milliseconds that never go back; without it `limits.milliseconds` is not looked at
 * @throws InspectorError Corrupt where Python's unpickler would fail, UnsupportedFormat, LimitExceeded
 */
export function parsePickle(bytes: Uint8Array, limits: Limits = LIMITS, clock?: Clock): PickleDocument {
  return new PickleDocument(readPickle(bytes, limits, clock), limits, clock);
}

/** A pickled payload. Nothing in it is ever run: classes and calls are values like others, shown and kept. */
export class PickleDocument implements SessionDocument {
  readonly serializer = 'pickle';
  readonly #tape: Tape;
  readonly #limits: Limits;
  readonly #clock: Clock | undefined;
  #numbers: ReadonlyMap<number, number> | undefined;
  #warnings: readonly Warning[] | undefined;

  constructor(tape: Tape, limits: Limits, clock: Clock | undefined) {
    this.#tape = tape;
    this.#limits = limits;
    this.#clock = clock;
  }

  get payload(): Uint8Array {
    return this.#tape.bytes;
  }

  /** The protocol it is written in, and in which edits are. */
  get protocol(): number {
    return this.#tape.protocol;
  }

  get warnings(): readonly Warning[] {
    this.#warnings ??= warningsOf(this.#tape, this.#limits.nodes);
    return this.#warnings;
  }

  /** What it asks to import: `module.name` as it stands there, each once. */
  get globals(): readonly string[] {
    return globalsOf(this.#tape);
  }

  /** What it asks to call, each once; `<Obj>` where that is itself the result of a call. */
  get calls(): readonly string[] {
    return callsOf(this.#tape);
  }

  /** Bytes after STOP, which Python ignores. */
  get trailing(): number {
    return this.#tape.bytes.length - this.#tape.end;
  }

  view(limit: number = this.#limits.viewNodes): ValueNode {
    return viewOf(this.#tape, this.#tape.root, this.#references(), limit, { editable: true, held: 'free' });
  }

  /** Python-like text, cut after a million characters. */
  text(): string {
    return pythonText(this.#tape, this.#tape.root);
  }

  edit(edit: Edit): PickleDocument {
    const payload = editPickle(this.#tape, edit, this.#limits);
    return parsePickle(payload, this.#limits, this.#clock);
  }

  find(key: string): readonly number[] | null {
    const { keys } = shapeOf(this.#tape, this.#tape.root);
    const index = keys?.findIndex((slot) => keyOf(this.#tape, slot) === `str:${key}`) ?? -1;
    return index < 0 ? null : [index];
  }

  /** A reference is followed: its node holds what it refers to. */
  at(path: readonly number[]): ValueNode {
    const place = placeAt(this.#tape, path);
    return viewOf(this.#tape, place.part, this.#references(), this.#limits.viewNodes, {
      editable: canSet(this.#tape, place),
      held: place.held,
    });
  }

  refusal(): InspectorError | null {
    const reason = refusalOf(this.#tape);
    if (reason === null) return null;
    return new InspectorError('Corrupt', reason, { hint: 'It is shown all the same; remove the part, or delete the session.' });
  }

  typed(): unknown {
    return typedOf(this.#tape, this.#tape.root);
  }

  /** The fixtures' structure notation: what a reader sees that calls nothing; undefined where it would be too long. */
  structure(): unknown {
    return structureOf(this.#tape, this.#tape.root);
  }

  #references(): ReadonlyMap<number, number> {
    this.#numbers ??= referenceNumbers(this.#tape);
    return this.#numbers;
  }
}
