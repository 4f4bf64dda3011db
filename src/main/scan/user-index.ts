/** Sessions that are remembered; a store with more is searched each time. */
const MOST = 4_000_000;
/** Keys whose bytes lie in one piece of memory. */
const PIECE = 65_536;
/** Longest key that is remembered; Django's have 32 characters, its column holds 40. */
const KEY_BYTES = 40;

type Piece = Readonly<{ keys: Buffer; lengths: Uint8Array; users: Uint32Array }>;

/**
 * Whose sessions a scan has seen, in memory alone: 45 bytes for each session that somebody is logged in to, and each
 * user's id once. It says where to look first; what it says is always read again before it is shown.
 */
export class UserIndex {
  readonly #numbers = new Map<string, number>();
  readonly #pieces: Piece[] = [];
  #size = 0;

  /** sessions that are remembered */
  get size(): number {
    return this.#size;
  }

  add(session_key: string, user: string): void {
    if (this.#size === MOST) return;
    const at = this.#size % PIECE;
    if (at === 0)
      this.#pieces.push({ keys: Buffer.allocUnsafeSlow(PIECE * KEY_BYTES), lengths: new Uint8Array(PIECE), users: new Uint32Array(PIECE) });
    const piece = this.#pieces.at(-1);
    if (piece === undefined || Buffer.byteLength(session_key) > KEY_BYTES) return;
    piece.lengths[at] = piece.keys.write(session_key, at * KEY_BYTES);
    piece.users[at] = this.#numberOf(user);
    this.#size += 1;
  }

  /** The keys of the sessions of these users, in the order in which they were seen. */
  keysOf(users: Iterable<string>): readonly string[] {
    const wanted = new Set([...users].map((user) => this.#numbers.get(user)).filter((number) => number !== undefined));
    const keys: string[] = [];
    if (wanted.size === 0) return keys;
    const [only = 0] = wanted;
    for (const [index, piece] of this.#pieces.entries()) {
      const end = Math.min(PIECE, this.#size - index * PIECE);
      for (let at = 0; at < end; at += 1) {
        const user = piece.users[at] ?? 0;
        if (user !== only && (wanted.size === 1 || !wanted.has(user))) continue;
        keys.push(piece.keys.toString('utf8', at * KEY_BYTES, at * KEY_BYTES + (piece.lengths[at] ?? 0)));
      }
    }
    return keys;
  }

  #numberOf(user: string): number {
    const known = this.#numbers.get(user);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(user, number);
    return number;
  }
}
