import { useTranslation } from 'react-i18next';
import { useProfiles } from '../queries.ts';
import { classes } from '../ui/classes.ts';
import { Field, TextArea, TextInput } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import styles from './cookie-lab.module.css';
import type { LabKeysValues } from './lab-keys.ts';

const cx = classes(styles);

type LabKeysFormProps = Readonly<{ values: LabKeysValues; onChange: (values: LabKeysValues) => void }>;

/** With which keys to verify and sign: a profile's, or typed ones that are never stored. */
export function LabKeysForm({ values, onChange }: LabKeysFormProps) {
  const { t } = useTranslation();
  const profiles = useProfiles();
  const set = (change: Partial<LabKeysValues>) => onChange({ ...values, ...change });
  return (
    <section className={cx('keys')} aria-label={t('lab.keys')}>
      <Field label={t('lab.verifyWith')} help={t('lab.verifyWithHelp')}>
        <Select
          value={values.source}
          onChange={(source) => set({ source })}
          items={[
            { value: 'none', label: t('lab.noKey') },
            { value: 'typed', label: t('lab.typedKey') },
            ...(profiles.data ?? []).map(({ profile }) => ({ value: profile.id, label: profile.name })),
          ]}
        />
      </Field>
      {values.source === 'typed' ? (
        <>
          <Field label="SECRET_KEY" setting help={t('lab.neverStored')}>
            <TextInput type="password" autoComplete="off" mono value={values.SECRET_KEY} onChange={(SECRET_KEY) => set({ SECRET_KEY })} />
          </Field>
          <Field label="SECRET_KEY_FALLBACKS" setting help={t('lab.onePerLine')}>
            <TextArea
              className={cx('hidden-text')}
              rows={2}
              value={values.SECRET_KEY_FALLBACKS}
              onChange={(SECRET_KEY_FALLBACKS) => set({ SECRET_KEY_FALLBACKS })}
            />
          </Field>
        </>
      ) : null}
      <details className={cx('more')}>
        <summary>{t('lab.advanced')}</summary>
        <div className={cx('more-fields')}>
          <Field label={t('lab.cookieName')} help={t('lab.cookieNameHelp')}>
            <TextInput mono value={values.cookie_name} onChange={(cookie_name) => set({ cookie_name })} placeholder="sessionid" />
          </Field>
          <Field label={t('lab.salt')} help={t('lab.saltHelp')}>
            <TextInput mono value={values.salt} onChange={(salt) => set({ salt })} />
          </Field>
          <Field label={t('lab.className')} help={t('lab.classNameHelp')}>
            <TextInput mono value={values.class_name} onChange={(class_name) => set({ class_name })} placeholder="SessionStore" />
          </Field>
          <Field label={t('lab.maxAge')} help={t('lab.maxAgeHelp')}>
            <TextInput mono inputMode="numeric" value={values.max_age} onChange={(max_age) => set({ max_age })} placeholder="1209600" />
          </Field>
        </div>
      </details>
    </section>
  );
}
