import type { Cache } from '../caches/base.ts';
import { InspectorError } from '../errors.ts';

/** Opens the cache. @throws InspectorError naming the failing layer */
export type Reach<C extends Cache> = (signal: AbortSignal) => Promise<C>;

/** Milliseconds for which a cache that did not answer is not asked again, so that a page does not wait for it row by row. */
const RETRY_AFTER = 2000;
const DOWN = ['ConnectionLost', 'ConnectionRefused', 'Timeout', 'NameNotFound', 'TlsFailed', 'LoginFailed'];

/** A cache that may be down: then `attempt` says so instead of failing, and a later call tries again. */
export class ReachableCache<C extends Cache> {
  readonly #reach: Reach<C>;
  #cache: C | null = null;
  #failed: Readonly<{ at: number; error: InspectorError }> | null = null;

  constructor(reach: Reach<C>) {
    this.#reach = reach;
  }

  /** the cache, once it has answered */
  get reached(): C | null {
    return this.#cache;
  }

  /** @throws InspectorError Canceled */
  async attempt<T>(signal: AbortSignal, work: (cache: C) => Promise<T>): Promise<Readonly<{ value: T }> | Readonly<{ problem: string }>> {
    if (this.#failed !== null && performance.now() - this.#failed.at < RETRY_AFTER) return { problem: this.#failed.error.message };
    try {
      this.#cache ??= await this.#reach(signal);
      const value = await work(this.#cache);
      this.#failed = null;
      return { value };
    } catch (thrown) {
      if (!(thrown instanceof InspectorError) || thrown.code === 'Canceled') throw thrown;
      if (DOWN.includes(thrown.code)) this.#failed = { at: performance.now(), error: thrown };
      return { problem: thrown.message };
    }
  }

  async close(): Promise<void> {
    await this.#cache?.close();
  }
}
