import type {
  Capabilities,
  ErrorView,
  EventName,
  Events,
  Handlers,
  MethodName,
  Output,
  Parsed,
  Profile,
  Reply,
  Secrets,
} from '../preload/api.ts';
import type { ImportWork } from './import/importer.ts';
import type { BeforeImage, Recorder } from './recorder.ts';
import type { StartScanWorker } from './scan/pool.ts';

/** What a connection's process answers; main forwards nothing else to it. */
export const PROCESS_METHODS = [
  'sessions.list',
  'sessions.count',
  'sessions.get',
  'sessions.preview',
  'sessions.apply',
  'sessions.cycle_key',
  'sessions.delete_preview',
  'sessions.copy_as',
  'document.edit',
  'document.set_expiry',
  'cookies.read',
  'cookies.sign',
  'jobs.start',
  'jobs.stop',
  'jobs.list',
] as const satisfies readonly MethodName[];
export type ProcessMethod = (typeof PROCESS_METHODS)[number];

/** The Cookie Lab has no profile of its own: each call brings the one whose keys and settings it is to use, if any. */
export type LabContext = Readonly<{ profile: Profile | null; secrets: Secrets }>;
type LabHandlers = {
  readonly [M in 'cookies.read' | 'cookies.sign' | 'document.set_expiry']: (
    input: Parsed<M>,
    signal: AbortSignal,
    context: LabContext,
  ) => Promise<Output<M>>;
};

/** The part of an inspector that a process serves. */
export type ServedInspector = Readonly<{
  capabilities: Capabilities;
  notes: readonly string[];
  handlers: Readonly<Pick<Handlers, Exclude<ProcessMethod, keyof LabHandlers>> & LabHandlers>;
  /** @param keep is given what `force` is about to overwrite of what others wrote since */
  restore(images: readonly BeforeImage[], force: boolean, signal: AbortSignal, keep: KeepImages): Promise<RestoreResult>;
  close(): Promise<void>;
}>;
export type KeepImages = (images: readonly BeforeImage[]) => Promise<void>;
export type RestoreResult = Readonly<{ restored: number; conflicts: readonly string[] }>;
export type ServedOptions = Readonly<{
  /** null: the Cookie Lab, which has no store */
  profile: Profile | null;
  secrets: Secrets;
  /** epoch milliseconds */
  now: () => number;
  randomBytes: (count: number) => Uint8Array;
  recorder: Recorder;
  emit: <E extends EventName>(event: E, payload: Events[E]) => void;
  /** starts a thread that reads rows; without it they are read between the calls */
  startScanWorker?: StartScanWorker;
}>;

/** See moveExpireDates in backends/demo-dates.ts. */
export type MoveDates = Readonly<{ path: string; seconds: number; except: readonly string[] }>;

type RecordCall = { readonly [C in keyof Recorder]: Readonly<{ call: C; args: Parameters<Recorder[C]> }> }[keyof Recorder];

/** Secrets are in `open`, `test`, `context` and the answer to `import` alone, and these messages are kept nowhere. */
export type ToProcess =
  | Readonly<{ type: 'open'; profile: Profile | null; secrets: Secrets }>
  | Readonly<{ type: 'call'; id: number; method: ProcessMethod; input: unknown; context: LabContext | null }>
  | Readonly<{ type: 'restore'; id: number /** the undo's own */; activity: string; images: readonly BeforeImage[]; force: boolean }>
  /** the demo's copy, before it is opened: main itself touches no store */
  | Readonly<{ type: 'move_dates'; id: number; move: MoveDates }>
  /** in the Cookie Lab's process: files and texts of other people are read there */
  | Readonly<{ type: 'import'; id: number; work: ImportWork }>
  /** in a process of its own; each step is told as an event */
  | Readonly<{ type: 'test'; id: number; profile: Profile; secrets: Secrets }>
  | Readonly<{ type: 'cancel'; id: number }>
  | Readonly<{ type: 'recorded'; id: number; reply: Reply<string | null> }>
  | Readonly<{ type: 'close' }>;

export type FromProcess =
  | Readonly<{ type: 'opened'; capabilities: Capabilities; notes: readonly string[] }>
  | Readonly<{ type: 'failed'; error: ErrorView }>
  | Readonly<{ type: 'reply'; id: number; reply: Reply<unknown> }>
  | Readonly<{ type: 'event'; event: EventName; payload: unknown }>
  | (Readonly<{ type: 'record'; id: number }> & RecordCall)
  /** a defect: the class of what was thrown and where, without its message, which may quote data */
  | Readonly<{ type: 'crashed'; where: string }>;

/** The two ends of the wire, whatever carries it. */
export interface Port<Out, In> {
  post(message: Out): void;
  listen(listener: (message: In) => void): void;
}

export interface Child extends Port<ToProcess, FromProcess> {
  /** `code` as the system told it; null where it did not */
  onExit(listener: (code: number | null) => void): void;
  /** asks the process to end; `force` does not ask */
  kill(force: boolean): void;
}
