import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Draft, Input } from '../../preload/api.ts';
import { asCallError, call } from '../client.ts';
import { useSentences } from '../i18n/sentences.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Field, SwitchField } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import { ErrorNote, Note } from '../ui/states.tsx';
import { CopyButton, SafeText } from '../ui/text.tsx';
import styles from './cookie-lab.module.css';
import { canSign, type LabKeysValues, labKeys } from './lab-keys.ts';

const cx = classes(styles);

export type SignKind = Input<'cookies.sign'>['kind'];
type Algorithm = Input<'cookies.sign'>['algorithm'];
const ALGORITHMS: readonly Algorithm[] = ['sha256', 'sha1', 'sha384', 'sha512'];

type SignAgainProps = Readonly<{ draft: Draft; keys: LabKeysValues; kind: SignKind; compressed: boolean; algorithm: string | null }>;

/** Signs the data as it is now; the result as value and as Set-Cookie line. */
export function SignAgain({ draft, keys, kind, compressed, algorithm }: SignAgainProps) {
  const { t } = useTranslation();
  const say = useSentences();
  const [compress, setCompress] = useState(compressed);
  const [digest, setDigest] = useState<Algorithm>(ALGORITHMS.find((known) => known === algorithm) ?? 'sha256');
  const sign = useMutation({
    networkMode: 'always',
    mutationFn: () => call('cookies.sign', { draft, keys: labKeys(keys), kind, compress, algorithm: digest, timestamp: null }),
  });
  const ready = canSign(keys);
  return (
    <section aria-label={t('lab.sign')} className={cx('sign')}>
      <div className={cx('sign-fields')}>
        <Field label={t('verdict.algorithm')}>
          <Select<Algorithm> value={digest} onChange={setDigest} items={ALGORITHMS.map((name) => ({ value: name, label: name }))} />
        </Field>
        <SwitchField label={t('lab.compress')} checked={compress} onChange={setCompress} />
        <Button look="primary" disabled={!ready} busy={sign.isPending} onClick={() => sign.mutate()}>
          {t('lab.sign')}
        </Button>
      </div>
      {ready ? null : <p className={cx('muted')}>{t('lab.signNeedsKey')}</p>}
      {sign.error ? <ErrorNote error={asCallError(sign.error)} /> : null}
      {sign.data ? (
        <>
          <Result label={t('lab.value')} text={sign.data.value} />
          <Result label="Set-Cookie" text={sign.data.setCookie} />
          {sign.data.notes.map((note) => (
            <Note key={note.code}>{say(note)}</Note>
          ))}
        </>
      ) : null}
    </section>
  );
}

function Result({ label, text }: Readonly<{ label: string; text: string }>) {
  const { t } = useTranslation();
  return (
    <section aria-label={label} className={cx('signed')}>
      <header className={cx('signed-head')}>
        <h3>{label}</h3>
        <CopyButton text={text} label={t('lab.copyNamed', { name: label })} />
      </header>
      <code className={cx('signed-text')}>
        <SafeText text={text} limit={20_000} />
      </code>
    </section>
  );
}
