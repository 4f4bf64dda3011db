import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { SafeText } from '../ui/text.tsx';
import styles from './shell.module.css';

const cx = classes(styles);

type CrashBoundaryProps = Readonly<{ children: ReactNode }>;
type CrashBoundaryState = Readonly<{ error: unknown }>;

/** What a person sees instead of an empty window when a component throws. */
export class CrashBoundary extends Component<CrashBoundaryProps, CrashBoundaryState> {
  override state: CrashBoundaryState = { error: null };

  static getDerivedStateFromError(error: unknown): CrashBoundaryState {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? this.props.children : <Crashed error={error} />;
  }
}

function Crashed({ error }: Readonly<{ error: unknown }>) {
  const { t } = useTranslation();
  return (
    <main role="alert" className={cx('crashed')}>
      <h1>{t('shell.crashed')}</h1>
      <p>{t('shell.crashedText')}</p>
      <code>
        <SafeText text={error instanceof Error ? error.message : String(error)} />
      </code>
      <Button look="primary" onClick={() => window.location.reload()}>
        {t('shell.reload')}
      </Button>
    </main>
  );
}
