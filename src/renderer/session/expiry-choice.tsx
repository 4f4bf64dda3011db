import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Profile, SetExpiry } from '../../preload/api.ts';
import { toLocalInput, useFormat } from '../format.ts';
import { useNow } from '../now.ts';
import { classes } from '../ui/classes.ts';
import { Field, TextInput } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import styles from './session.module.css';

const cx = classes(styles);

type Kind = SetExpiry['kind'];
type Unit = '1' | '60' | '3600' | '86400';
const KINDS: readonly Kind[] = ['seconds', 'moment', 'browser_close', 'default'];

type ExpiryChoiceProps = Readonly<{
  profile: Profile;
  /** null while what is entered is no expiry */
  onChange: (expiry: SetExpiry | null) => void;
}>;

function expiryOf(kind: Kind, amount: string, unit: Unit, moment: string): SetExpiry | null {
  if (kind === 'browser_close' || kind === 'default') return { kind };
  if (kind === 'seconds') {
    return /^-?\d{1,9}$/.test(amount.trim()) ? { kind, seconds: Number(amount) * Number(unit) } : null;
  }
  const at = new Date(moment);
  return Number.isNaN(at.getTime()) ? null : { kind, at: at.toISOString() };
}

/** set_expiry's four meanings in plain words, each with the date it leads to. */
export function ExpiryChoice({ profile, onChange }: ExpiryChoiceProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const [kind, setKind] = useState<Kind | null>(null);
  const [amount, setAmount] = useState('2');
  const [unit, setUnit] = useState<Unit>('3600');
  const [moment, setMoment] = useState(() => toLocalInput(Date.now() + 86_400_000));
  const update = (next: Readonly<{ kind?: Kind; amount?: string; unit?: Unit; moment?: string }>) => {
    const chosen = next.kind ?? kind;
    if (next.kind) setKind(next.kind);
    if (next.amount !== undefined) setAmount(next.amount);
    if (next.unit) setUnit(next.unit);
    if (next.moment !== undefined) setMoment(next.moment);
    onChange(chosen === null ? null : expiryOf(chosen, next.amount ?? amount, next.unit ?? unit, next.moment ?? moment));
  };
  const age = profile.SESSION_COOKIE_AGE;
  const result = kind === null ? null : expiryOf(kind, amount, unit, moment);
  const at =
    result?.kind === 'seconds'
      ? now + result.seconds * 1000
      : result?.kind === 'moment'
        ? Date.parse(result.at)
        : result
          ? now + age * 1000
          : null;

  return (
    <div className={cx('expiry-choice')}>
      <RadioGroup
        aria-label={t('expiry.choose')}
        className={cx('radios')}
        value={kind}
        onValueChange={(next: Kind | null) => next && update({ kind: next })}
      >
        {KINDS.map((option) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: Base UI's radio inside is the control
          <label key={option} className={cx('radio-line', kind === option && 'chosen')}>
            <Radio.Root value={option} className={cx('radio')} aria-describedby={`expiry-help-${option}`}>
              <Radio.Indicator className={cx('radio-dot')} />
            </Radio.Root>
            <span className={cx('radio-name')}>{t(`expiry.kind.${option}`)}</span>
            <span id={`expiry-help-${option}`} className={cx('radio-help')}>
              {t(`expiry.help.${option}`, { age: format.duration(age) })}
            </span>
          </label>
        ))}
      </RadioGroup>
      {kind === 'seconds' ? (
        <div className={cx('expiry-fields')}>
          <Field label={t('expiry.amount')}>
            <TextInput value={amount} onChange={(next) => update({ amount: next })} inputMode="numeric" />
          </Field>
          <Field label={t('expiry.unit')}>
            <Select<Unit>
              value={unit}
              onChange={(next) => update({ unit: next })}
              items={[
                { value: '1', label: t('expiry.seconds') },
                { value: '60', label: t('expiry.minutes') },
                { value: '3600', label: t('expiry.hours') },
                { value: '86400', label: t('expiry.days') },
              ]}
            />
          </Field>
        </div>
      ) : null}
      {kind === 'moment' ? (
        <div className={cx('expiry-fields')}>
          <Field label={t('expiry.moment')} help={t('expiry.localZone')}>
            <TextInput type="datetime-local" step={1} value={moment} onChange={(next) => update({ moment: next })} />
          </Field>
        </div>
      ) : null}
      {at === null || Number.isNaN(at) ? null : (
        <p className={cx('result')} role="status">
          {t('expiry.result')} <strong>{format.local(at)}</strong> ({format.relative(at, now)}, {format.utc(at)})
        </p>
      )}
    </div>
  );
}
