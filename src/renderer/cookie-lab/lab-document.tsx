import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DocumentView } from '../../preload/api.ts';
import { DataEditor } from '../session/data-editor.tsx';
import { TextTab } from '../session/text-tab.tsx';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Tabs } from '../ui/tabs.tsx';
import styles from './cookie-lab.module.css';
import type { LabKeysValues } from './lab-keys.ts';
import { SignAgain, type SignKind } from './sign-again.tsx';

const cx = classes(styles);

type LabDocumentProps = Readonly<{
  document: DocumentView;
  keys: LabKeysValues;
  /** null: what it is cannot be signed again here */
  kind: SignKind | null;
  compressed: boolean;
  algorithm: string | null;
  open: boolean;
}>;

/** The decoded data of a reading, which can be edited and signed again. */
export function LabDocument({ document, keys, kind, compressed, algorithm, open }: LabDocumentProps) {
  const { t } = useTranslation();
  const [edited, setEdited] = useState(document);
  const [tab, setTab] = useState('data');
  const [shown, setShown] = useState(open);
  const [textShown, setTextShown] = useState(false);
  const changed = edited.draft.payload !== document.draft.payload;
  if (!shown) return <Button onClick={() => setShown(true)}>{t('lab.showData')}</Button>;
  return (
    <section aria-label={t('lab.data')} className={cx('document')}>
      <div className={cx('document-tabs')}>
        <Tabs
          label={t('lab.data')}
          value={tab}
          onChange={setTab}
          tabs={[
            {
              value: 'data',
              label: t('session.data'),
              content: <DataEditor label={t('lab.data')} document={edited} connection={null} editable={kind !== null} onEdit={setEdited} />,
            },
            {
              value: 'text',
              label: t('session.text'),
              content: (
                <TextTab
                  label={t('session.text')}
                  document={edited}
                  connection={null}
                  editable={kind !== null}
                  onEdit={setEdited}
                  guard={{ shown: textShown, onShow: () => setTextShown(true) }}
                />
              ),
            },
          ]}
        />
      </div>
      {changed ? (
        <p className={cx('changed')}>
          {t('lab.changed')}{' '}
          <Button size="small" onClick={() => setEdited(document)}>
            {t('draft.discard')}
          </Button>
        </p>
      ) : null}
      {kind ? <SignAgain draft={edited.draft} keys={keys} kind={kind} compressed={compressed} algorithm={algorithm} /> : null}
    </section>
  );
}
