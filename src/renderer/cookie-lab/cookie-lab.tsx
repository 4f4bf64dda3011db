import { ClipboardPaste } from 'lucide-react';
import { useDeferredValue, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReadCookie } from '../queries.ts';
import { useAnnounce } from '../ui/announcer.tsx';
import { classes } from '../ui/classes.ts';
import { Field, TextArea } from '../ui/field.tsx';
import { EmptyState, ErrorState, Note } from '../ui/states.tsx';
import { useWorkspace } from '../workspace.tsx';
import styles from './cookie-lab.module.css';
import { emptyKeys, type LabKeysValues, labKeys } from './lab-keys.ts';
import { LabKeysForm } from './lab-keys-form.tsx';
import { Reading } from './reading.tsx';
import { Samples } from './samples.tsx';

const cx = classes(styles);

/** Paste anything: it is named, coloured, verified, explained; sessions can be edited and signed again. */
export function CookieLab() {
  const { t } = useTranslation();
  const { pasted } = useWorkspace();
  const [text, setText] = useState(pasted.text);
  const [turn, setTurn] = useState(pasted.turn);
  const [keys, setKeys] = useState<LabKeysValues>(emptyKeys);
  // A new paste from the start screen replaces what is here.
  if (turn !== pasted.turn) {
    setTurn(pasted.turn);
    setText(pasted.text);
  }
  const deferred = useDeferredValue(text);
  const readings = useReadCookie(deferred, labKeys(keys));
  const announce = useAnnounce();
  const first = readings.data?.[0];
  useEffect(() => {
    if (first) announce(t('lab.read', { kind: t(`kind.${first.kind}`), signature: t(`signatureReason.${first.signature.reason}`) }));
  }, [first, announce, t]);
  const empty = deferred.trim() === '';
  return (
    <div className={cx('screen')}>
      <section className={cx('input')} aria-label={t('lab.input')}>
        <h1 className={cx('title')}>{t('shell.cookieLab')}</h1>
        <Field label={t('lab.paste')} help={t('lab.pasteHelp')}>
          <TextArea className={cx('paste')} value={text} onChange={setText} rows={8} placeholder={t('start.pastePlaceholder')} autoFocus />
        </Field>
        <LabKeysForm values={keys} onChange={setKeys} />
        <Note title={t('lab.revokeTitle')}>{t('lab.revokeText')}</Note>
      </section>
      <section className={cx('output')} aria-label={t('lab.output')} aria-busy={readings.isFetching}>
        {empty ? (
          <EmptyState icon={<ClipboardPaste />} title={t('lab.empty')} text={t('lab.emptyText')}>
            <Samples
              onChoose={(sample, profile) => {
                setText(sample);
                setKeys({ ...emptyKeys, source: profile });
              }}
            />
          </EmptyState>
        ) : null}
        {!empty && readings.error ? <ErrorState error={readings.error} onRetry={() => void readings.refetch()} /> : null}
        {empty
          ? null
          : readings.data?.map((reading, index) => (
              <Reading key={`${reading.name} ${reading.kind} ${reading.value}`} reading={reading} keys={keys} first={index === 0} />
            ))}
      </section>
    </div>
  );
}
