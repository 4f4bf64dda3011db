/** What crosses between a connection's process and the workers that read whole stores for it. */
import type { Limits } from '../django/document.ts';
import type { ErrorData } from '../errors.ts';

/** Given to a worker once, when it starts, and kept nowhere. */
export type ScanSetup = Readonly<{
  /** SECRET_KEY first, then the fallbacks; empty where they are not known */
  secrets: readonly string[];
  class_name: string;
  limits: Limits;
  /** SQLite: what the worker reads by itself */
  sqlite: Readonly<{ NAME: string; session_table: string }> | null;
}>;

/** What is asked of every row. A row that the worker cannot pass over for certain is handed back as one that may match. */
export type RowQuestion =
  /** is it the session of one of these users; also tells whose each session is */
  | Readonly<{ ask: 'user'; ids: readonly string[]; keyPrefix: string }>
  /** may a key or value contain this, in lower case */
  | Readonly<{ ask: 'text'; text: string; keyPrefix: string }>
  /** is anything wrong with it */
  | Readonly<{ ask: 'faults'; keyPrefix: string }>;

/** A piece of work: rows by rowid, or values that the process has read. */
export type ScanPart =
  | Readonly<{ part: 'bounds' }>
  | Readonly<{ part: 'range'; from: number; to: number; question: RowQuestion }>
  | Readonly<{ part: 'block'; values: PackedValues; question: RowQuestion }>;

/** Values one behind the other: one transfer instead of a copy of each. */
export type PackedValues = Readonly<{ keys: readonly string[]; bytes: Uint8Array; ends: Uint32Array }>;

export type ScanAnswer = Readonly<{
  scanned: number;
  /** of those that may match: their places in the block, or their keys where the worker read them */
  maybe: readonly number[];
  maybeKeys: readonly string[];
  /** rows whose payload cannot be had, by cause */
  bad: Readonly<Record<string, number>>;
  /** `ask: 'user'`: keys and users of the sessions that somebody is logged in to, in pairs of lists */
  owners: Readonly<{ keys: readonly string[]; users: readonly string[] }>;
  /** `part: 'bounds'` */
  bounds: Readonly<{ first: number; last: number }> | null;
}>;

export type ToScanWorker = Readonly<{ id: number; part: ScanPart }>;
export type FromScanWorker = Readonly<{ id: number; answer: ScanAnswer }> | Readonly<{ id: number; error: ErrorData }>;
