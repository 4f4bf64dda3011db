import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { TestStep } from '../../preload/api.ts';
import type { CallError } from '../client.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { ErrorNote } from '../ui/states.tsx';
import { SafeText } from '../ui/text.tsx';
import { sentences } from '../visible-text.ts';
import styles from './import-panel.module.css';

const cx = classes(styles);
const TONES = { ok: 'ok', warning: 'warning', failed: 'danger', skipped: 'neutral' } as const;

export type TestState = Readonly<{ running: boolean; steps: readonly TestStep[]; error: CallError | null }>;
type TestPanelProps = Readonly<{ state: TestState; onStop: () => void }>;

/** The layers of a connection as they are tried: what works, what fails, and what to do about it. */
export function TestPanel({ state, onStop }: TestPanelProps) {
  const { t } = useTranslation();
  const { running, steps, error } = state;
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (running) panel.current?.scrollIntoView({ block: 'nearest' });
  }, [running]);
  const failed = steps.find((step) => step.state === 'failed');
  const warnings = steps.filter((step) => step.state === 'warning').length;
  const verdict = () => {
    if (running) return t('testing.running');
    if (error) return error.code === 'Canceled' ? t('testing.stopped') : '';
    if (failed) return t('testing.failed', { layer: t(`testing.layer.${failed.layer}`) });
    return warnings > 0 ? t('testing.warned', { count: warnings }) : t('testing.passed');
  };
  return (
    <section ref={panel} className={cx('panel')} aria-label={t('testing.title')}>
      <div className={cx('buttons')}>
        <h3>{t('testing.title')}</h3>
        <strong role="status">{verdict()}</strong>
        {running ? (
          <Button size="small" onClick={onStop}>
            {t('testing.stop')}
          </Button>
        ) : null}
      </div>
      {error && error.code !== 'Canceled' ? <ErrorNote error={error} /> : null}
      <ul className={cx('list')}>
        {steps.map((step) => (
          <li key={`${step.part} ${step.layer}`} className={cx('item')}>
            <span>
              {t(`testing.part.${step.part}`)}: {t(`testing.layer.${step.layer}`)}
            </span>
            <span>
              <Badge tone={TONES[step.state]}>{t(step.state === 'failed' ? 'testing.broken' : `testing.${step.state}`)}</Badge>
            </span>
            <span lang="en">
              <SafeText text={sentences(step.message, step.hint)} limit={1000} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
