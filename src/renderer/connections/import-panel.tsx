import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportedProfile, Input } from '../../preload/api.ts';
import { asCallError, type CallError, call } from '../client.ts';
import { useAnnounce } from '../ui/announcer.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { useConfirm } from '../ui/confirm.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import { ErrorNote, Note } from '../ui/states.tsx';
import { SafeText } from '../ui/text.tsx';
import styles from './import-panel.module.css';

const cx = classes(styles);
const TONES = { found: 'ok', default: 'neutral', unreadable: 'warning' } as const;

type ImportPanelProps = Readonly<{ begin: 'project' | undefined; onImport: (imported: ImportedProfile) => void }>;

/** Fills the form in from a URL, a .env file or a project's folder, and says what was found where. */
export function ImportPanel({ begin, onImport }: ImportPanelProps) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const confirm = useConfirm();
  const [asksUrl, setAsksUrl] = useState(false);
  const [url, setUrl] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const [imported, setImported] = useState<ImportedProfile | null>(null);
  const begun = useRef(false);

  const run = async (request: Input<'profiles.import'>) => {
    setBusy(true);
    setError(null);
    try {
      const result = await call('profiles.import', request);
      if (result === null) return;
      setImported(result);
      setAsksUrl(false);
      setUrl('');
      onImport(result);
      announce(t('importing.summary', { count: result.findings.filter(({ state }) => state === 'found').length }));
    } catch (thrown) {
      setError(asCallError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const start = useRef(run);
  useEffect(() => {
    if (begin === undefined || begun.current) return;
    begun.current = true;
    void start.current({ from: begin });
  }, [begin]);

  const askPython = async (interpreter: 'found' | 'choose') => {
    const project = imported?.project;
    if (!imported || !project?.settings_module) return;
    const { settings_module, python } = project;
    const agreed = await confirm({
      title: t('importing.askTitle'),
      text: t('importing.askText'),
      verb: t('importing.askVerb'),
      lines: [
        { label: t('importing.folder'), value: `${imported.source}: ${settings_module}` },
        ...(interpreter === 'found' ? [{ label: t('importing.python'), value: python }] : []),
      ],
      profile: null,
    });
    if (agreed !== null) await run({ from: 'python', token: imported.token, settings_module, interpreter, agreed: true });
  };
  const readUrl = () => url.trim() !== '' && void run({ from: 'url', url });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    // Enter in a field of the form would save it.
    event.preventDefault();
    readUrl();
  };

  return (
    <section className={cx('panel')} aria-label={t('importing.title')}>
      <h3>{t('importing.title')}</h3>
      <div className={cx('buttons')}>
        <Button aria-expanded={asksUrl} onClick={() => setAsksUrl(!asksUrl)} disabled={busy}>
          {t('importing.url')}
        </Button>
        <Button onClick={() => void run({ from: 'env' })} disabled={busy}>
          {t('importing.env')}
        </Button>
        <Button onClick={() => void run({ from: 'project' })} disabled={busy}>
          {t('importing.project')}
        </Button>
        {busy ? <span role="status">{t('importing.working')}</span> : null}
      </div>
      {asksUrl ? (
        <div className={cx('buttons')}>
          <Field label={t('importing.urlLabel')} help={t('importing.urlHelp')} className={cx('wide')}>
            <TextInput value={url} onChange={setUrl} type="password" autoComplete="off" mono onKeyDown={onKeyDown} />
          </Field>
          <Button onClick={readUrl} disabled={busy || url.trim() === ''}>
            {t('importing.use')}
          </Button>
        </div>
      ) : null}
      {error ? <ErrorNote error={error} /> : null}
      {imported ? (
        <ImportReport
          imported={imported}
          busy={busy}
          onModule={(settings_module) => void run({ from: 'module', token: imported.token, settings_module })}
          onPython={(interpreter) => void askPython(interpreter)}
        />
      ) : null}
    </section>
  );
}

type ImportReportProps = Readonly<{
  imported: ImportedProfile;
  busy: boolean;
  onModule: (settings_module: string) => void;
  onPython: (interpreter: 'found' | 'choose') => void;
}>;

function ImportReport({ imported, busy, onModule, onPython }: ImportReportProps) {
  const { t } = useTranslation();
  const { findings, secrets, source, project } = imported;
  const count = (state: 'found' | 'unreadable') => findings.filter((finding) => finding.state === state).length;
  const missing = count('unreadable');
  const kept = Object.keys(secrets).length;
  return (
    <>
      <Note tone={missing > 0 ? 'warning' : 'ok'} title={source === '' ? t('importing.fromUrl') : t('importing.source', { source })}>
        {[
          t('importing.summary', { count: count('found') }),
          ...(missing > 0 ? [t('importing.missing', { count: missing })] : []),
          ...(kept > 0 ? [t('importing.secrets', { count: kept })] : []),
        ].join(' · ')}
      </Note>
      {project ? (
        <div className={cx('buttons')}>
          <Field label={t('importing.module')} className={cx('wide')}>
            <Select
              value={project.settings_module ?? ''}
              onChange={onModule}
              items={project.modules.map((name) => ({ value: name, label: name }))}
            />
          </Field>
          <Button onClick={() => onPython('found')} disabled={busy || !project.settings_module}>
            {t('importing.ask')}
          </Button>
          <Button onClick={() => onPython('choose')} disabled={busy || !project.settings_module}>
            {t('importing.askOther')}
          </Button>
        </div>
      ) : null}
      <details open={missing > 0}>
        <summary>{t('importing.all')}</summary>
        <ul className={cx('list')}>
          {findings.map((finding, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one setting may be told of twice
            <li key={index} className={cx('item')}>
              <code>
                <SafeText text={finding.setting} limit={200} />
              </code>
              <span>
                <Badge tone={TONES[finding.state]}>{t(`importing.${finding.state}`)}</Badge>
              </span>
              <span lang="en">
                <SafeText text={[finding.value, finding.origin, finding.note].filter(Boolean).join(' · ')} limit={600} />
              </span>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
