/** Sessions that are remembered; of a store with more, the first that a scan saw. */
const MOST = 4_000_000;
/** Keys whose bytes lie in one piece of memory. */
const PIECE = 65_536;
/** Longest key that is remembered; Django's have 32 characters, its column holds 40. */
const KEY_BYTES = 40;

/** `earlier`: one more than the place of the same user's session before this one, 0 where this is the first */
type Piece = Readonly<{ keys: Buffer; lengths: Uint8Array; earlier: Uint32Array }>;

/**
 * Whose sessions a scan has seen, in memory alone: 45 bytes for each session that somebody is logged in to, and each
 * user's id once. It says where to look first; what it says is always read again before it is shown.
 */
export class UserIndex {
  /** one more than the place of each user's last session */
  readonly #last = new Map<string, number>();
  readonly #pieces: Piece[] = [];
  #size = 0;

  add(session_key: string, user: string): void {
    if (this.#size === MOST || Buffer.byteLength(session_key) > KEY_BYTES) return;
    const at = this.#size % PIECE;
    if (at === 0) this.#pieces.push(newPiece());
    const piece = this.#pieces.at(-1);
    if (piece === undefined) return;
    piece.lengths[at] = piece.keys.write(session_key, at * KEY_BYTES);
    piece.earlier[at] = this.#last.get(user) ?? 0;
    this.#size += 1;
    this.#last.set(user, this.#size);
  }

  /** The keys of the sessions of these users, of each the last seen first. */
  keysOf(users: Iterable<string>): readonly string[] {
    const keys: string[] = [];
    for (const user of new Set(users)) {
      for (let next = this.#last.get(user) ?? 0; next > 0; ) {
        const at = (next - 1) % PIECE;
        const piece = this.#pieces[Math.floor((next - 1) / PIECE)];
        if (piece === undefined) break;
        keys.push(piece.keys.toString('utf8', at * KEY_BYTES, at * KEY_BYTES + (piece.lengths[at] ?? 0)));
        next = piece.earlier[at] ?? 0;
      }
    }
    return keys;
  }
}

function newPiece(): Piece {
  return { keys: Buffer.allocUnsafeSlow(PIECE * KEY_BYTES), lengths: new Uint8Array(PIECE), earlier: new Uint32Array(PIECE) };
}
