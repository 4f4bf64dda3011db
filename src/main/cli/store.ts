/** Commands on a profile's store: the same inspector as behind the window, one line of output per session. */
import { randomBytes } from 'node:crypto';
import type { Events, JobInput, JobView, SessionSummary } from '../../preload/api.ts';
import { errorData, InspectorError } from '../errors.ts';
import { type Inspector, openInspector } from '../inspector.ts';
import type { StartScanWorker } from '../scan/pool.ts';
import type { CommandIo } from './commands.ts';
import { KeptFile } from './store-kept.ts';
import { type OptionName, readOptions, type StoreOptions, usage } from './store-options.ts';
import { findSite } from './store-profile.ts';

/** Bytes of secrets that standard input may give. */
const SECRETS_BYTES = 1024 * 1024;

/** What a command's own part works with. */
export type Opened = Readonly<{
  inspector: Inspector;
  options: StoreOptions;
  signal: AbortSignal;
  /** one line: JSON with --json, else the text */
  tell: (text: string, data: unknown) => Promise<void>;
  /** runs a job to its end, and hands on what it finds while it runs @throws InspectorError why it failed */
  run: (job: JobInput, hit?: (sessions: readonly SessionSummary[]) => Promise<void>) => Promise<JobView>;
}>;

export type StoreCommand = Readonly<{
  summary: string;
  writes: boolean;
  options: readonly OptionName[];
  /** @returns false where something could not be done: exit code 1 */
  run: (opened: Opened) => Promise<boolean>;
}>;

export type StoreWorld = Readonly<{ environment: Readonly<Record<string, string | undefined>>; startScanWorker?: StartScanWorker }>;

/** @returns the exit code: 0 done, 1 partly, 2 usage, 3 failed */
export async function runStoreCommand(command: StoreCommand, io: CommandIo, world: StoreWorld): Promise<0 | 1 | 2 | 3> {
  try {
    const options = readOptions(io.args, command.options, command.writes);
    return (await onStore(command, options, io, world)) ? 0 : 1;
  } catch (error) {
    const { code, message, hint } = errorData(error);
    io.warn(`${code}: ${message}${hint === undefined ? '' : `\n${hint}`}\n`);
    return code === 'BadRequest' ? 2 : 3;
  }
}

async function onStore(command: StoreCommand, options: StoreOptions, io: CommandIo, world: StoreWorld): Promise<boolean> {
  const { values } = options;
  if (values.profile === undefined) throw usage('--profile is missing: a name, or a file ….json');
  if (values.secrets !== undefined && values.secrets !== '-') throw usage('--secrets takes only -: secrets are read from standard input');
  const site = await findSite(values.profile, world.environment, values.secrets === '-' ? await readAll(io.input) : null);
  const dry = !command.writes || values['dry-run'] === true;
  if (!dry) checkWrite(options, site.profile.environment === 'production' ? site.profile.name : null);
  const kept = await KeptFile.open(dry ? null : (values.keep ?? null));
  let onJob: (event: Events['job']) => void = () => undefined;
  // What only looks is opened in the way that cannot write.
  const inspector = await openInspector({
    profile: command.writes && !(dry && site.profile.readOnly) ? site.profile : { ...site.profile, readOnly: true },
    secrets: site.secrets,
    now: Date.now,
    randomBytes,
    recorder: kept,
    emit: (event, payload) => {
      if (event === 'job') onJob(payload as Events['job']);
    },
    ...(world.startScanWorker === undefined ? {} : { startScanWorker: world.startScanWorker }),
  });
  try {
    for (const note of inspector.notes) io.warn(`${note}\n`);
    return await command.run({
      inspector,
      options,
      signal: new AbortController().signal,
      tell: (text, data) => io.write(`${values.json === true ? JSON.stringify(data) : text}\n`),
      run: (job, hit = async () => undefined) =>
        runJob(inspector, job, hit, (listener) => {
          onJob = listener;
        }),
    });
  } finally {
    await inspector.close();
    await kept.close();
  }
}

/** @param production the name that must be repeated */
function checkWrite({ values }: StoreOptions, production: string | null): void {
  if (production !== null && values.confirm !== production) {
    throw usage('The profile is marked production: repeat its name with --confirm');
  }
  if ((values.keep === undefined) === (values['no-keep'] !== true)) {
    throw usage('Say --keep FILE, for what is there before it is changed or deleted, or --no-keep, or --dry-run');
  }
}

async function runJob(
  inspector: Inspector,
  job: JobInput,
  hit: (sessions: readonly SessionSummary[]) => Promise<void>,
  listen: (listener: (event: Events['job']) => void) => void,
): Promise<JobView> {
  let told: Promise<unknown> = Promise.resolve();
  const ended = new Promise<JobView>((resolve) => {
    listen(({ view, hits }) => {
      if (hits !== undefined) told = told.then(() => hit(hits));
      if (view.state === 'done' || view.state === 'failed' || view.state === 'stopped') resolve(view);
    });
  });
  await inspector.handlers['jobs.start']({ connection: '', job }, new AbortController().signal);
  const view = await ended;
  await told;
  if (view.error !== undefined) {
    const { code, message, hint } = view.error;
    throw new InspectorError(code, message, hint === undefined ? {} : { hint });
  }
  return view;
}

async function readAll(input: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of input) {
    length += part.length;
    if (length > SECRETS_BYTES) throw usage('Standard input is too long for secrets');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
