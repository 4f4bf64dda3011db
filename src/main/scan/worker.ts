/** The entry of a worker thread that reads rows: it holds its own inflate context, keys and, for SQLite, connection. */
import { parentPort, workerData } from 'node:worker_threads';
import { type DbRanges, openDbRanges } from '../backends/db-ranges.ts';
import { RowReader } from '../django/scan/row.ts';
import { SigningKeys } from '../django/signing.ts';
import { errorData } from '../errors.ts';
import { answerPart } from './answer.ts';
import type { FromScanWorker, ScanSetup, ToScanWorker } from './messages.ts';

const setup = workerData as ScanSetup;
const reader = new RowReader({ keys: new SigningKeys(setup.secrets), class_name: setup.class_name, limits: setup.limits });
let ranges: DbRanges | null = null;

async function answer({ id, part }: ToScanWorker): Promise<FromScanWorker> {
  try {
    if (setup.sqlite !== null) ranges ??= await openDbRanges(setup.sqlite.NAME, setup.sqlite.session_table);
    return { id, answer: answerPart(reader, ranges, part) };
  } catch (error) {
    return { id, error: errorData(error) };
  }
}

let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (message: ToScanWorker) => {
  last = last.then(async () => parentPort?.postMessage(await answer(message)));
});
