import type { TFunction } from 'i18next';
import type { JobRecord } from '../jobs.ts';

export type JobReport = Readonly<{ tone: 'ok' | 'danger' | 'info'; title: string; text?: string }>;

/** One sentence about how a job ended, and a second one for what failed. */
export function jobReport({ view, input }: JobRecord, t: TFunction): JobReport {
  const dryRun = input !== undefined && 'dryRun' in input && input.dryRun;
  const failed = view.failed > 0 ? t('job.failures', { count: view.failed }) : undefined;
  if (view.state === 'failed') {
    return {
      tone: 'danger',
      title: view.error ? t(`errors.${view.error.code}`) : t('job.failed'),
      text: view.error?.message ?? failed ?? '',
    };
  }
  const stopped = view.state === 'stopped';
  const count = view.kind === 'find' || dryRun ? view.found : view.changed;
  const title = dryRun ? t('job.counted', { count }) : t(`job.done.${view.kind}`, { count });
  const text = [stopped ? t('job.stopped') : undefined, failed].filter((part) => part !== undefined).join(' ');
  return { tone: view.failed > 0 || stopped ? 'info' : 'ok', title, ...(text === '' ? {} : { text }) };
}
