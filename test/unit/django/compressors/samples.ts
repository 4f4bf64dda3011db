/** Contents that bring out every path of a compressor: empty, short, runs, text, noise, far repeats, several blocks. */
export type Sample = Readonly<{ name: string; bytes: Uint8Array }>;

/** Repeatable noise (xorshift32). */
export function noise(count: number, seed: number, symbols = 256): Uint8Array {
  let state = seed >>> 0 || 1;
  return Uint8Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % symbols;
  });
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function session(items: number): Uint8Array {
  const cart = Array.from({ length: items }, (_, index) => ({
    sku: `A-${index * 7919}`,
    qty: index % 9,
    title: index % 3 ? 'blue mug' : 'grüner Tee',
  }));
  return new TextEncoder().encode(
    JSON.stringify({ _auth_user_id: '42', _auth_user_backend: 'django.contrib.auth.backends.ModelBackend', cart }),
  );
}

export function samples(): readonly Sample[] {
  return [
    { name: 'empty', bytes: new Uint8Array(0) },
    { name: 'one byte', bytes: Uint8Array.of(7) },
    { name: '16 bytes', bytes: noise(16, 1) },
    { name: 'a short run', bytes: new Uint8Array(100).fill(65) },
    { name: 'a session', bytes: session(3) },
    { name: 'a large session', bytes: session(2000) },
    { name: 'noise', bytes: noise(5000, 2) },
    { name: 'noise of 4 symbols', bytes: noise(70_000, 3, 4) },
    { name: 'noise of 60 symbols', bytes: noise(300_000, 4, 60) },
    { name: 'zeros over several blocks', bytes: new Uint8Array(300_000) },
    { name: 'a far repeat', bytes: joined(noise(100_000, 5), new Uint8Array(40_000), noise(100_000, 5)) },
    { name: 'text, noise and text', bytes: joined(session(700), noise(131_072, 6), session(700), new Uint8Array(65_536), session(90)) },
  ];
}
