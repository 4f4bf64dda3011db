/** The same items, with the next one already asked for while the caller works on this one. */
export async function* ahead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const items = source[Symbol.asyncIterator]();
  const ask = () => {
    const next = items.next();
    // A failure is told when the item is awaited; a caller that stopped does not await it.
    next.catch(() => undefined);
    return next;
  };
  try {
    for (let next = ask(); ; ) {
      const item = await next;
      if (item.done === true) return;
      next = ask();
      yield item.value;
    }
  } finally {
    await items.return?.();
  }
}
