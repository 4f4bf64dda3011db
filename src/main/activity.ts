import { join } from 'node:path';
import type { ActivityEntry, ErrorView, Settings } from '../preload/api.ts';
import { type ActivityLine, type ActivityLog, openActivityLog } from './activity-log.ts';
import { BeforeImages, type ImageKey } from './before-images.ts';
import { InspectorError } from './errors.ts';
import type { BeforeImage, Recorder } from './recorder.ts';

/** How many keys an entry names; `count` has the number of all. */
const NAMED_KEYS = 100;
const DAY = 24 * 60 * 60 * 1000;

/** A recorder that also knows what is still open, for when its process ends in the middle of a write. */
export interface ConnectionRecorder extends Recorder {
  /** ends every entry that is still pending as `interrupted` */
  interrupt(message: string): Promise<void>;
}

export type ActivityOptions = Readonly<{
  folder: string;
  /** opens the before-images; where no keychain keeps it, images of an earlier run are gone */
  key: ImageKey;
  /** epoch milliseconds */
  now: () => number;
  randomBytes: (count: number) => Uint8Array;
  limits: () => Pick<Settings, 'undoDays' | 'undoBytes'>;
  /** the person, as the system knows them */
  by: string;
}>;

type Begun = Extract<ActivityLine, { t: 'begin' }>;
type Ended = Extract<ActivityLine, { t: 'end' }>;
type State = {
  begun: Begun;
  ended: Ended | null;
  kept: boolean;
  undone: boolean /** values too large for an image, in this run */;
  notKept: number;
};

/** The first four characters, never more than half; what is masked stays as it is. A key is a login: whoever has it is that user. */
export function maskedKey(session_key: string): string {
  const characters = [...session_key];
  if (characters.length <= 5 && characters.at(-1) === '…') return session_key;
  return `${characters.slice(0, Math.min(4, Math.floor(characters.length / 2))).join('')}…`;
}

/** Everything this app ever wrote: an append-only log without values, and encrypted before-images for Undo. */
export class Activity {
  readonly #options: ActivityOptions;
  readonly #states: Map<string, State>;
  readonly #log: ActivityLog;
  readonly #images: BeforeImages;

  private constructor(options: ActivityOptions, states: Map<string, State>, log: ActivityLog, images: BeforeImages) {
    this.#options = options;
    this.#states = states;
    this.#log = log;
    this.#images = images;
  }

  /** Reads the log, ends what a crash left pending as `interrupted`, and drops images past their time or size. */
  static async open(options: ActivityOptions): Promise<Activity> {
    const states = new Map<string, State>();
    const oldest = options.now() - options.limits().undoDays * DAY;
    const images = await BeforeImages.open({ ...options, oldest, folder: join(options.folder, 'activity-images') });
    const log = await openActivityLog(join(options.folder, 'activity.jsonl'), options.now(), (line) => replay(states, line));
    const activity = new Activity(options, states, log, images);
    await activity.#interruptAll(states.keys(), 'The app ended before this was finished');
    await activity.purge();
    return activity;
  }

  get notices(): readonly ErrorView[] {
    return this.#log.notices;
  }

  recorder(profile: Readonly<{ id: string; name: string }>, place: string): ConnectionRecorder {
    const open = new Set<string>();
    return {
      begin: async (entry) => {
        const id = await this.#begin(entry, profile, place);
        open.add(id);
        return id;
      },
      keep: (id, images) => this.#keep(id, images),
      end: async (id, outcome, detail) => {
        await this.#end(id, outcome, detail);
        open.delete(id);
      },
      interrupt: (message) => this.#interruptAll(open, message),
    };
  }

  /** Newest first; `before` is the id of the last entry of the page before. */
  list(query: Readonly<{ before?: string | undefined; limit: number }>): readonly ActivityEntry[] {
    const ids = [...this.#states.keys()].reverse();
    const start = query.before === undefined ? 0 : ids.indexOf(query.before) + 1;
    if (query.before !== undefined && start === 0) return [];
    return ids.slice(start, start + query.limit).flatMap((id) => this.entry(id) ?? []);
  }

  entry(id: string): ActivityEntry | undefined {
    const state = this.#states.get(id);
    if (state === undefined) return undefined;
    const { begun, ended } = state;
    const { v: _v, t: _t, ...facts } = begun;
    return {
      ...facts,
      count: ended?.count ?? begun.count,
      outcome: ended?.outcome ?? 'pending',
      ...(ended?.message === undefined ? {} : { message: ended.message }),
      undo: this.#undo(id, state),
    };
  }

  /** Before-images of an entry in blocks, last written first. @throws InspectorError where they are gone or damaged */
  images(id: string): AsyncIterable<readonly BeforeImage[]> {
    return this.#images.blocks(id);
  }

  async undone(id: string, by: string): Promise<void> {
    const state = this.#state(id);
    await this.#log.append({ v: 1, t: 'undone', id, by });
    state.undone = true;
    await this.#images.remove(id);
  }

  /** Drops images older than `undoDays`, and the oldest ones until `undoBytes` holds. */
  async purge(): Promise<void> {
    const { undoDays, undoBytes } = this.#options.limits();
    const oldest = this.#options.now() - undoDays * DAY;
    for (const [id, { begun, ended }] of this.#states) {
      if (ended !== null && this.#images.has(id) && Date.parse(begun.at) <= oldest) await this.#images.remove(id);
    }
    await this.#makeRoom(undoBytes, null);
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  async #begin(
    entry: Readonly<{ action: ActivityEntry['action']; count: number; session_keys: readonly string[] }>,
    profile: Readonly<{ id: string; name: string }>,
    place: string,
  ): Promise<string> {
    const id = Buffer.from(this.#options.randomBytes(12)).toString('hex');
    const begun: Begun = {
      v: 1,
      t: 'begin',
      id,
      at: new Date(this.#options.now()).toISOString(),
      profile: { id: profile.id, name: profile.name },
      place,
      action: entry.action,
      count: entry.count,
      session_keys: entry.session_keys.slice(0, NAMED_KEYS).map(maskedKey),
      by: this.#options.by,
    };
    await this.#log.append(begun);
    this.#states.set(id, { begun, ended: null, kept: false, undone: false, notKept: 0 });
    return id;
  }

  async #keep(id: string, images: readonly BeforeImage[]): Promise<void> {
    const state = this.#state(id);
    const { undoDays, undoBytes } = this.#options.limits();
    if (undoDays === 0 || undoBytes === 0 || images.length === 0) return;
    // A value that was too large to be fetched would come back empty: it is counted instead, and the entry says so.
    const whole = images.filter(({ before }) => before?.oversize === undefined);
    state.notKept += images.length - whole.length;
    if (whole.length === 0) return;
    await this.#images.append(id, whole, async (bytes) => {
      if (await this.#makeRoom(undoBytes - bytes, id)) return;
      throw new InspectorError('LimitExceeded', 'The before-images of this write are larger than the settings keep for Undo', {
        hint: 'Nothing more was changed. Raise the space for Undo in the settings, or set it to 0 to write without Undo.',
      });
    });
    if (state.kept) return;
    await this.#log.append({ v: 1, t: 'kept', id });
    state.kept = true;
  }

  async #end(id: string, outcome: Ended['outcome'], detail: Readonly<{ count: number; message?: string }>): Promise<void> {
    const state = this.#state(id);
    const at = new Date(this.#options.now()).toISOString();
    const left = state.notKept === 0 ? undefined : `${state.notKept} values were too large to be kept for Undo`;
    const message = [detail.message, left].filter((part) => part !== undefined).join('; ');
    const ended: Ended = { v: 1, t: 'end', id, at, outcome, count: detail.count, ...(message === '' ? {} : { message }) };
    await this.#log.append(ended);
    state.ended = ended;
    // A conflict changed nothing, so there is nothing to undo.
    if (outcome === 'conflict' && this.#images.has(id)) await this.#images.remove(id);
  }

  async #interruptAll(ids: Iterable<string>, message: string): Promise<void> {
    for (const id of [...ids]) {
      const state = this.#state(id);
      if (state.ended === null) await this.#end(id, 'interrupted', { count: state.begun.count, message });
    }
  }

  /** Removes images of finished entries, oldest first, until all take at most `bytes`. @returns whether that was possible */
  async #makeRoom(bytes: number, keep: string | null): Promise<boolean> {
    for (const [id, { ended }] of this.#states) {
      if (this.#images.total <= bytes) return true;
      if (id !== keep && ended !== null && this.#images.has(id)) await this.#images.remove(id);
    }
    return this.#images.total <= bytes;
  }

  #state(id: string): State {
    const state = this.#states.get(id);
    if (state === undefined) throw new InspectorError('DoesNotExist', 'No such activity');
    return state;
  }

  #undo(id: string, state: State): ActivityEntry['undo'] {
    if (state.undone) return 'done';
    if (this.#images.has(id)) return 'possible';
    return state.kept && state.ended?.outcome !== 'conflict' ? 'gone' : 'not kept';
  }
}

function replay(states: Map<string, State>, line: ActivityLine): void {
  if (line.t === 'begin') {
    states.set(line.id, { begun: line, ended: null, kept: false, undone: false, notKept: 0 });
    return;
  }
  const state = states.get(line.id);
  if (state === undefined) return;
  if (line.t === 'kept') state.kept = true;
  if (line.t === 'undone') state.undone = true;
  if (line.t === 'end') state.ended = line;
}
