import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../preload/api.ts';
import { asCallError } from '../client.ts';
import { useInfo, useSetSettings } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import { ErrorNote } from '../ui/states.tsx';
import styles from './shell.module.css';

const cx = classes(styles);
const MEGABYTE = 1024 ** 2;

export function SettingsDialog({ onClose }: Readonly<{ onClose: () => void }>) {
  const info = useInfo();
  return info.data ? <SettingsForm settings={info.data.settings} onClose={onClose} /> : null;
}

/** A whole number within bounds, or null. */
function whole(text: string, max: number): number | null {
  const value = /^\d+$/.test(text.trim()) ? Number(text.trim()) : Number.NaN;
  return value <= max ? value : null;
}

function SettingsForm({ settings, onClose }: Readonly<{ settings: Settings; onClose: () => void }>) {
  const { t } = useTranslation();
  const save = useSetSettings();
  const [days, setDays] = useState(String(settings.undoDays));
  const [megabytes, setMegabytes] = useState(String(Math.round(settings.undoBytes / MEGABYTE)));
  const undoDays = whole(days, 365);
  const undoMegabytes = whole(megabytes, 4096);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (undoDays === null || undoMegabytes === null) return;
    save.mutate({ undoDays, undoBytes: undoMegabytes * MEGABYTE }, { onSuccess: onClose });
  };
  return (
    <Dialog
      title={t('settings.title')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button look="primary" type="submit" form="settings-form" busy={save.isPending}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      {save.error ? <ErrorNote error={asCallError(save.error)} /> : null}
      <form id="settings-form" className={cx('settings')} onSubmit={submit} noValidate>
        <Field label={t('settings.language')}>
          <Select
            value={settings.language}
            onChange={(language) => save.mutate({ language })}
            items={[
              { value: 'system', label: t('settings.languageSystem') },
              { value: 'en', label: 'English' },
              { value: 'zh-Hans', label: '简体中文' },
            ]}
          />
        </Field>
        <Field label={t('settings.theme')}>
          <Select
            value={settings.theme}
            onChange={(theme) => save.mutate({ theme })}
            items={[
              { value: 'system', label: t('settings.themeSystem') },
              { value: 'light', label: t('settings.themeLight') },
              { value: 'dark', label: t('settings.themeDark') },
            ]}
          />
        </Field>
        <Field
          label={t('settings.undoDays')}
          help={t('settings.undoDaysHelp')}
          error={undoDays === null ? t('settings.badNumber', { min: 0, max: 365 }) : undefined}
        >
          <TextInput value={days} onChange={setDays} inputMode="numeric" />
        </Field>
        <Field
          label={t('settings.undoSize')}
          help={t('settings.undoSizeHelp')}
          error={undoMegabytes === null ? t('settings.badNumber', { min: 0, max: 4096 }) : undefined}
        >
          <TextInput value={megabytes} onChange={setMegabytes} inputMode="numeric" />
        </Field>
      </form>
      <AboutFacts />
    </Dialog>
  );
}

function AboutFacts() {
  const { t } = useTranslation();
  const info = useInfo().data;
  if (!info) return null;
  const { secrets } = info;
  return (
    <dl className={cx('facts')}>
      <div>
        <dt>{t('settings.dataFolder')}</dt>
        <dd>
          <code>{info.dataFolder}</code>
        </dd>
      </div>
      <div>
        <dt>{t('settings.secrets')}</dt>
        <dd>{t(secrets.keeping === 'keychain' ? 'settings.secretsKeychain' : 'settings.secretsMemory', { backend: secrets.backend })}</dd>
      </div>
      <div>
        <dt>{t('settings.version', { version: info.version })}</dt>
        <dd>
          {t('settings.runtime', info.runtime)}
          <br />
          {t('settings.network')}
        </dd>
      </div>
    </dl>
  );
}
