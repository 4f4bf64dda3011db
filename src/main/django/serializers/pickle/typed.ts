import { valueRepr } from './repr.ts';
import type { Part, Shape } from './shape.ts';
import { shapeOf } from './shapes.ts';
import { isShared, objectIn, type Tape } from './tape.ts';
import { bounded, MOST_VALUES, Walk } from './walk.ts';

/**
 * The value in the fixtures' typed notation: what Python would hold. Null where that cannot be said without running
 * code, and where shared parts would make it longer than MOST_VALUES.
 */
export function typedOf(tape: Tape, slot: number): unknown {
  if (tape.expanded > MOST_VALUES) return null;
  const typed = bounded(() => new Typed(tape).of(slot), UNKNOWN);
  return typed === UNKNOWN ? null : typed;
}

const UNKNOWN = Symbol('cannot be said without running code');

class Typed {
  readonly #tape: Tape;
  readonly #walk = new Walk();

  constructor(tape: Tape) {
    this.#tape = tape;
  }

  of(part: Part): unknown {
    if (typeof part !== 'number') return this.#shape(part);
    const object = objectIn(this.#tape, part);
    const level = isShared(this.#tape, object) ? this.#walk.levelOf(object) : -1;
    if (level >= 0) return { $cycle: level };
    this.#walk.count();
    const shape = shapeOf(this.#tape, part);
    if (shape.parts === undefined) return this.#shape(shape);
    this.#walk.enter(object);
    const typed = this.#shape(shape);
    this.#walk.leave();
    return typed;
  }

  #shape(shape: Shape): unknown {
    if (shape.typed === null && shape.type !== 'NoneType') return UNKNOWN;
    if (shape.typed !== undefined) return shape.typed;
    switch (shape.type) {
      case 'model':
        return this.#model(shape);
      case 'object':
        return this.#object(shape);
      case 'dict':
      case 'defaultdict':
      case 'OrderedDict':
        return this.#dict(shape);
      default:
        return this.#sequence(shape);
    }
  }

  #all(parts: readonly Part[]): readonly unknown[] | typeof UNKNOWN {
    const all: unknown[] = [];
    for (const part of parts) {
      const typed = this.of(part);
      if (typed === UNKNOWN) return UNKNOWN;
      all.push(typed);
    }
    return all;
  }

  #dict(shape: Shape): unknown {
    const keys = this.#all(shape.keys ?? []);
    const values = keys === UNKNOWN ? UNKNOWN : this.#all(shape.parts ?? []);
    if (keys === UNKNOWN || values === UNKNOWN) return UNKNOWN;
    const pairs = keys.map((key, index) => [key, values[index]]);
    if (shape.type === 'OrderedDict') return { $ordereddict: pairs };
    return shape.class === undefined ? { $dict: pairs } : { $dict: pairs, class: shape.class };
  }

  #sequence(shape: Shape): unknown {
    const parts = shape.type === 'set' || shape.type === 'frozenset' ? this.#sorted(shape.parts ?? []) : (shape.parts ?? []);
    const all = this.#all(parts);
    if (all === UNKNOWN) return UNKNOWN;
    return shape.type === 'list' ? all : { [`$${shape.type}`]: all };
  }

  /** A set has no order that a person could know: the notation sorts by the type's name and repr(). */
  #sorted(parts: readonly Part[]): readonly Part[] {
    const keyed = parts.map((part) => ({ part, key: valueRepr(this.#tape, part) }));
    return keyed.sort((a, b) => compare(a.key.type, b.key.type) || compare(a.key.repr, b.key.repr)).map(({ part }) => part);
  }

  #model(shape: Shape): unknown {
    const values = this.#all(shape.parts ?? []);
    const labels = shape.labels ?? [];
    const id = labels.indexOf('id');
    if (values === UNKNOWN || id < 0) return UNKNOWN;
    return { $model: shape.class, pk: values[id], fields: labels.map((label, index) => [label, values[index]]) };
  }

  /** An object of a known class with a dict for its state; MultiValueDict, whose state holds the lists. */
  #object(shape: Shape): unknown {
    const labels = shape.labels ?? [];
    const state = shape.parts?.[labels.indexOf('state')];
    const typed = state === undefined ? { $dict: [] } : this.of(state);
    if (typed === UNKNOWN) return UNKNOWN;
    if (!MULTI_VALUE.has(shape.class ?? '')) return { $object: shape.class, state: typed };
    return lastValues(typed, shape.class ?? '');
  }
}

const MULTI_VALUE: ReadonlySet<string> = new Set(['django.utils.datastructures.MultiValueDict', 'django.http.request.QueryDict']);

/** MultiValueDict.items(): the last value of each list. */
function lastValues(state: unknown, cls: string): unknown {
  const data = pairsOf(state).find(([key]) => key === '_data')?.[1];
  const pairs = pairsOf(data).map(([key, list]) => [key, Array.isArray(list) ? list.at(-1) : undefined]);
  return pairs.some(([, last]) => last === undefined) ? UNKNOWN : { $dict: pairs, class: cls };
}

function pairsOf(typed: unknown): readonly (readonly [unknown, unknown])[] {
  if (typeof typed !== 'object' || typed === null || !('$dict' in typed) || !Array.isArray(typed.$dict)) return [];
  return typed.$dict;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
