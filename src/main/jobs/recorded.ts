import type { ActivityEntry } from '../../preload/api.ts';
import { failureText } from '../errors.ts';
import type { BeforeImage, Recorder } from '../recorder.ts';
import type { Job } from './job.ts';

/**
 * Runs bulk work under one activity, which begins when there is a first before-image to keep: a job that finds nothing to
 * do leaves no entry. Whatever happens, the entry ends with what was done.
 */
export async function recorded(
  recorder: Recorder,
  job: Job,
  entry: Readonly<{ action: ActivityEntry['action']; count: number; session_keys: readonly string[] }>,
  work: (keep: (images: readonly BeforeImage[]) => Promise<void>) => Promise<void>,
): Promise<void> {
  const keep = async (images: readonly BeforeImage[]) => {
    job.activity ??= await recorder.begin(entry);
    await recorder.keep(job.activity, images);
  };
  try {
    await work(keep);
  } catch (error) {
    if (job.activity !== null)
      await recorder.end(job.activity, job.changed > 0 ? 'partly' : 'failed', { count: job.changed, message: failureText(error) });
    throw error;
  }
  if (job.activity === null) return;
  const message = job.stopping ? 'Stopped' : job.failed > 0 ? `${job.failed} failed` : undefined;
  const outcome = message === undefined ? 'done' : job.changed > 0 ? 'partly' : 'failed';
  await recorder.end(job.activity, outcome, { count: job.changed, ...(message === undefined ? {} : { message }) });
}
