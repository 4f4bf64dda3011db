import { Cookie, Inbox, KeyRound, SearchX } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView, SessionState } from '../../preload/api.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Field, TextInput } from '../ui/field.tsx';
import { EmptyState } from '../ui/states.tsx';
import { useDispatch } from '../workspace.tsx';
import type { Search } from './search.ts';
import styles from './sessions.module.css';

const cx = classes(styles);

type SessionsEmptyProps = Readonly<{
  connection: ConnectionView;
  search: Search | null;
  state: SessionState | null;
  running: boolean;
  onReset: () => void;
  onOpenKey: (session_key: string) => void;
}>;

/** Why there are no sessions here, and what to do next. */
export function SessionsEmpty({ connection, search, state, running, onReset, onOpenKey }: SessionsEmptyProps) {
  const { t } = useTranslation();
  const dispatch = useDispatch();
  const { capabilities, profile } = connection;
  if (running) return <EmptyState icon={<SearchX />} title={t('empty.searching')} text={t('empty.searchingText')} />;
  if (profile.profile.SESSION_ENGINE === 'signed_cookies') {
    return (
      <EmptyState icon={<Cookie />} title={t('empty.cookies')} text={t('empty.cookiesText')}>
        <Button look="primary" onClick={() => dispatch({ type: 'show', screen: { name: 'cookie-lab' } })}>
          {t('shell.cookieLab')}
        </Button>
      </EmptyState>
    );
  }
  if (capabilities.list === 'none') return <KeyNeeded limits={capabilities.limits} onOpenKey={onOpenKey} />;
  if (search || state) {
    return (
      <EmptyState icon={<SearchX />} title={t('empty.noMatch')} text={t('empty.noMatchText')}>
        <Button onClick={onReset}>{t('empty.showAll')}</Button>
      </EmptyState>
    );
  }
  return <EmptyState icon={<Inbox />} title={t('empty.none')} text={t('empty.noneText')} />;
}

type KeyNeededProps = Readonly<{ limits: readonly string[]; onOpenKey: (session_key: string) => void }>;

function KeyNeeded({ limits, onOpenKey }: KeyNeededProps) {
  const { t } = useTranslation();
  const [key, setKey] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() !== '') onOpenKey(key.trim());
  };
  return (
    <EmptyState icon={<KeyRound />} title={t('empty.keyNeeded')} text={<span lang="en">{limits.join(' ')}</span>}>
      <form className={cx('key-form')} onSubmit={submit}>
        <Field label={t('column.session_key')}>
          <TextInput mono value={key} onChange={setKey} />
        </Field>
        <Button look="primary" type="submit" disabled={key.trim() === ''}>
          {t('empty.openKey')}
        </Button>
      </form>
    </EmptyState>
  );
}
