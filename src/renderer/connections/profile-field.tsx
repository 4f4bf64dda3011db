import { FolderOpen } from 'lucide-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { SecretName } from '../../preload/api.ts';
import { call } from '../client.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Field, SwitchField, TextArea, TextInput } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import type { FieldSpec, FormValues } from './field-spec.ts';
import styles from './profile-form.module.css';
import type { FieldProblem } from './profile-values.ts';
import { useChoiceLabel, useFieldError, useFieldLabel } from './profile-words.ts';

const cx = classes(styles);

type ProfileFieldProps = Readonly<{
  field: FieldSpec;
  values: FormValues;
  problem: FieldProblem | undefined;
  groups: readonly string[];
  /** secrets: how many are stored, what was typed, whether they will be removed */
  stored: number;
  /** an import found some */
  found: boolean;
  typed: string;
  removed: boolean;
  onChange: (path: string, value: string | boolean) => void;
  onType: (secret: SecretName, text: string) => void;
  onRemove: (secret: SecretName, remove: boolean) => void;
}>;

export function ProfileField(props: ProfileFieldProps) {
  const { field, values, onChange } = props;
  const { t } = useTranslation();
  const label = useFieldLabel()(field);
  const choiceLabel = useChoiceLabel();
  const error = useFieldError()(props.problem);
  const help = t(`settingHelp.${field.help}`);
  const setting = /^[A-Z_]+$/.test(field.label);
  const value = values[field.path];
  const text = typeof value === 'string' ? value : '';

  if (field.kind === 'switch') {
    return (
      <SwitchField label={label} help={help} setting={setting} checked={value === true} onChange={(next) => onChange(field.path, next)} />
    );
  }
  if (field.kind === 'secret') return <SecretField {...props} field={field} label={label} help={help} setting={setting} />;
  if (field.kind === 'select') {
    return (
      <Field label={label} help={help} error={error} setting={setting}>
        <Select
          value={text}
          onChange={(next) => onChange(field.path, next)}
          items={field.values.map((choice) => ({ value: choice, label: choiceLabel(field.words, choice) }))}
        />
      </Field>
    );
  }
  if (field.kind === 'lines') {
    return (
      <Field label={label} help={help} error={error} setting={setting} className={cx('wide')}>
        <div className={cx('with-button')}>
          <TextArea value={text} onChange={(next) => onChange(field.path, next)} rows={3} />
          {field.choose ? <ChooseButton what={field.choose} label={label} onChosen={(path) => onChange(field.path, path)} /> : null}
        </div>
      </Field>
    );
  }
  return <TextField {...props} field={field} label={label} help={help} error={error} setting={setting} text={text} />;
}

type TextFieldProps = ProfileFieldProps &
  Readonly<{ label: string; help: string; error: string | undefined; setting: boolean; text: string }>;

function TextField({ field, label, help, error, setting, text, groups, onChange }: TextFieldProps) {
  const listId = useId();
  const what = field.kind === 'text' ? field.choose : undefined;
  const list = field.kind === 'text' ? field.list : undefined;
  const options = list === 'zones' ? Intl.supportedValuesOf('timeZone') : list === 'groups' ? groups : [];
  return (
    <Field label={label} help={help} error={error} setting={setting} className={cx(what && 'wide')}>
      <div className={cx('with-button')}>
        <TextInput
          value={text}
          onChange={(next) => onChange(field.path, next)}
          mono={setting || Boolean(what)}
          {...(field.kind === 'number' ? { inputMode: 'numeric' as const } : {})}
          {...(list ? { list: listId } : {})}
        />
        {what ? <ChooseButton what={what} label={label} onChosen={(path) => onChange(field.path, path)} /> : null}
      </div>
      {list ? (
        <datalist id={listId}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      ) : null}
    </Field>
  );
}

type ChooseButtonProps = Readonly<{ what: 'database' | 'folder' | 'file'; label: string; onChosen: (path: string) => void }>;

/** Opens the system's dialog for files and folders. */
function ChooseButton({ what, label, onChosen }: ChooseButtonProps) {
  const { t } = useTranslation();
  const choose = async () => {
    const chosen = await call('profiles.choose', { what });
    if (chosen !== null) onChosen(chosen);
  };
  return (
    <Button icon={<FolderOpen />} onClick={() => void choose()} aria-label={`${t('profileForm.choose')} ${label}`}>
      {t('profileForm.choose')}
    </Button>
  );
}

type SecretFieldProps = ProfileFieldProps &
  Readonly<{ field: Extract<FieldSpec, { kind: 'secret' }>; label: string; help: string; setting: boolean }>;

/** A secret can be set or removed, and is never shown: the form only knows whether one is stored. */
function SecretField({ field, label, help, setting, stored, found, typed, removed, onType, onRemove }: SecretFieldProps) {
  const { t } = useTranslation();
  const name = field.secret;
  const state = removed
    ? t('profileForm.willRemove')
    : found
      ? t('importing.secretFound')
      : stored === 0
        ? t('profileForm.notStored')
        : field.lines
          ? t('profileForm.storedCount', { count: stored })
          : t('profileForm.stored');
  return (
    <Field label={label} help={help} setting={setting} className={cx('wide')}>
      <div className={cx('with-button')}>
        {field.lines ? (
          <TextArea
            className={cx('hidden-text')}
            value={typed}
            onChange={(text) => onType(name, text)}
            rows={2}
            placeholder={stored > 0 ? t('profileForm.keepSecret') : ''}
          />
        ) : (
          <TextInput
            type="password"
            autoComplete="new-password"
            value={typed}
            onChange={(text) => onType(name, text)}
            placeholder={stored > 0 ? t('profileForm.keepSecret') : ''}
            mono
          />
        )}
        <Badge tone={removed ? 'warning' : stored > 0 || found ? 'ok' : 'neutral'}>{state}</Badge>
        {stored > 0 ? (
          <Button
            size="small"
            onClick={() => onRemove(name, !removed)}
            aria-label={`${t(removed ? 'profileForm.keepInstead' : 'profileForm.removeSecret')} ${label}`}
          >
            {t(removed ? 'profileForm.keepInstead' : 'profileForm.removeSecret')}
          </Button>
        ) : null}
      </div>
    </Field>
  );
}
