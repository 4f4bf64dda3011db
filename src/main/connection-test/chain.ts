import type { TestLayer, TestStep } from '../../preload/api.ts';
import { errorData, InspectorError } from '../errors.ts';

export type Tell = (step: TestStep) => void;

/** What a layer that was tried says of itself. */
export type Passed = Readonly<{ message: string; hint?: string; state?: 'ok' | 'warning' | 'skipped' }>;

/** A layer failed: what stands on it is not tried. */
export class Broken extends Error {}

/** The layers of one part of a connection, from the bottom up: each is told once. */
export class Chain {
  readonly #part: TestStep['part'];
  readonly #layers: readonly TestLayer[];
  readonly #tell: Tell;
  readonly #signal: AbortSignal;
  #next = 0;

  constructor(part: TestStep['part'], layers: readonly TestLayer[], tell: Tell, signal: AbortSignal) {
    this.#part = part;
    this.#layers = layers;
    this.#tell = tell;
    this.#signal = signal;
  }

  /** Tries one layer. @throws Broken once the failure was told */
  async step<T>(layer: TestLayer, work: () => Promise<readonly [T, Passed]>): Promise<T> {
    return await this.open(
      [layer],
      () => layer,
      async () => {
        const [value, passed] = await work();
        return [value, { [layer]: passed }];
      },
    );
  }

  /**
   * Tries several layers that only work as one: where it fails, the error's layer is the one that failed.
   * @throws Broken
   */
  async open<T>(
    layers: readonly TestLayer[],
    layerOf: (error: InspectorError) => TestLayer,
    work: () => Promise<readonly [T, Readonly<Partial<Record<TestLayer, Passed>>>]>,
  ): Promise<T> {
    try {
      const [value, passed] = await work();
      for (const layer of layers) this.pass(layer, passed[layer] ?? THROUGH);
      return value;
    } catch (thrown) {
      const error = this.#failure(thrown);
      const failed = layerOf(error);
      for (const layer of layers.slice(0, Math.max(0, layers.indexOf(failed)))) this.pass(layer, THROUGH);
      this.#told(layers.includes(failed) ? failed : (layers[0] ?? failed), { ...errorData(error), state: 'failed' });
      this.skipRest();
      throw new Broken(error.message);
    }
  }

  pass(layer: TestLayer, { message, hint, state = 'ok' }: Passed): void {
    this.#told(layer, { state, message, ...(hint === undefined ? {} : { hint }) });
  }

  skipRest(message = 'Not tried: a layer below it failed.'): void {
    for (const layer of this.#layers.slice(this.#next)) this.#told(layer, { state: 'skipped', message });
  }

  #told(layer: TestLayer, said: Omit<TestStep, 'part' | 'layer'>): void {
    const { state, message, hint, code } = said;
    this.#next = Math.max(this.#next, this.#layers.indexOf(layer) + 1);
    this.#tell({
      part: this.#part,
      layer,
      state,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(code === undefined ? {} : { code }),
    });
  }

  /** The end of the time is one more failure; a cancel is the end of the test. @throws InspectorError Canceled */
  #failure(thrown: unknown): InspectorError {
    if (this.#signal.reason instanceof InspectorError) return this.#signal.reason;
    if (thrown instanceof InspectorError && thrown.code !== 'Canceled') return thrown;
    if (this.#signal.aborted) throw new InspectorError('Canceled', 'Canceled');
    const { code, message, hint } = errorData(thrown);
    return new InspectorError(code, message, { ...(hint === undefined ? {} : { hint }), cause: thrown });
  }
}

const THROUGH: Passed = { message: 'Passed: the layers above it answered.' };
