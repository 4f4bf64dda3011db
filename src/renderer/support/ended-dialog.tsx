import { useQuery } from '@tanstack/react-query';
import { ClipboardCopy, ShieldCheck, TriangleAlert } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView } from '../../preload/api.ts';
import { call } from '../client.ts';
import { useAnnounce } from '../ui/announcer.tsx';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Loading } from '../ui/progress.tsx';
import { ErrorState, Note } from '../ui/states.tsx';
import { maskKey, plainText } from '../visible-text.ts';
import { type Ended, readBack } from './end-sessions.ts';
import { personName } from './person.ts';
import { readBackText, receiptText } from './receipt.ts';
import styles from './support.module.css';

const cx = classes(styles);

type EndedDialogProps = Readonly<{ connection: ConnectionView; ended: Ended; onClose: () => void }>;

/** What the store says after the sessions were ended, and a receipt of it. */
export function EndedDialog({ connection, ended, onClose }: EndedDialogProps) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const { view, profile, user } = ended;
  const proof = useQuery({
    queryKey: ['read_back', connection.connection, view.job],
    queryFn: () => readBack(connection.connection, ended),
    gcTime: 0,
    staleTime: 0,
  });
  const gone = proof.data?.left.length === 0;
  const sentence = proof.data ? readBackText(profile, ended.ended.length, proof.data, t) : null;
  useEffect(() => {
    if (sentence) announce(sentence);
  }, [sentence, announce]);
  const receipt = proof.data ? receiptText({ ...ended, proof: proof.data }, t) : null;
  const copy = async () => {
    if (receipt === null) return;
    await call('clipboard.write', { text: receipt });
    announce(t('common.copied'));
  };
  return (
    <Dialog
      title={t('support.doneTitle', { count: view.changed, name: plainText(personName(user)) })}
      onClose={onClose}
      alert
      footer={
        <>
          <Button icon={<ClipboardCopy />} disabled={receipt === null} onClick={() => void copy()}>
            {t('receipt.copy')}
          </Button>
          <Button look="primary" onClick={onClose}>
            {t('common.close')}
          </Button>
        </>
      }
    >
      <div className={cx('body')}>
        {proof.isPending ? <Loading label={t('support.readingBack')} /> : null}
        {proof.error ? <ErrorState error={proof.error} onRetry={() => void proof.refetch()} /> : null}
        {proof.data && sentence ? (
          <Note tone={gone ? 'ok' : 'warning'} icon={gone ? <ShieldCheck /> : <TriangleAlert />} title={sentence}>
            {t('support.nowText', { count: proof.data.after, before: ended.ended.length + ended.kept.length })}
            {gone ? null : (
              <ul>
                {proof.data.left.map((key) => (
                  <li key={key}>{plainText(maskKey(key))}</li>
                ))}
              </ul>
            )}
          </Note>
        ) : null}
        {view.error ? <Note tone="danger">{view.error.message}</Note> : null}
        {receipt === null ? null : (
          <section aria-label={t('receipt.title')}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard */}
            <pre className={cx('receipt')} tabIndex={0}>
              {receipt}
            </pre>
          </section>
        )}
      </div>
    </Dialog>
  );
}
