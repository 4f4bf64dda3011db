import { Field as BaseField } from '@base-ui/react/field';
import { Switch as BaseSwitch } from '@base-ui/react/switch';
import type { ComponentProps, ReactNode, Ref } from 'react';
import { classes } from './classes.ts';
import styles from './field.module.css';

const cx = classes(styles);

type FieldProps = Readonly<{
  label: ReactNode;
  help?: ReactNode;
  error?: string | undefined;
  children: ReactNode;
  /** the label in the font of code: settings by Django's own names */
  setting?: boolean;
  className?: string;
}>;

/** Label, control, explanation and error, tied together for screen readers. The control is one of this file's or a Select. */
export function Field({ label, help, error, children, setting, className }: FieldProps) {
  return (
    <BaseField.Root className={cx('field', className)} invalid={Boolean(error)}>
      <BaseField.Label className={cx('label', setting && 'setting')}>{label}</BaseField.Label>
      {children}
      {help ? <BaseField.Description className={cx('help')}>{help}</BaseField.Description> : null}
      {error ? (
        <BaseField.Error className={cx('error')} match>
          {error}
        </BaseField.Error>
      ) : null}
    </BaseField.Root>
  );
}

type TextInputProps = Omit<ComponentProps<'input'>, 'onChange' | 'value' | 'defaultValue' | 'ref'> &
  Readonly<{ value: string; onChange: (value: string) => void; mono?: boolean; inputRef?: Ref<HTMLInputElement> }>;

export function TextInput({ value, onChange, mono, className, inputRef, ...rest }: TextInputProps) {
  return (
    <BaseField.Control
      render={<input ref={inputRef} spellCheck={false} autoComplete="off" {...rest} />}
      className={cx('input', mono && 'mono', className)}
      value={value}
      onValueChange={onChange}
    />
  );
}

type TextAreaProps = Omit<ComponentProps<'textarea'>, 'onChange' | 'value' | 'defaultValue'> &
  Readonly<{ value: string; onChange: (value: string) => void }>;

export function TextArea({ value, onChange, className, ...rest }: TextAreaProps) {
  return (
    <BaseField.Control
      render={<textarea spellCheck={false} {...rest} />}
      className={cx('input', 'area', 'mono', className)}
      value={value}
      onValueChange={onChange}
    />
  );
}

type SwitchProps = Readonly<{
  label: ReactNode;
  help?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  setting?: boolean;
}>;

export function SwitchField({ label, help, checked, onChange, setting }: SwitchProps) {
  return (
    <BaseField.Root className={cx('field')}>
      <div className={cx('switch-line')}>
        <BaseSwitch.Root className={cx('switch')} checked={checked} onCheckedChange={onChange}>
          <BaseSwitch.Thumb className={cx('thumb')} />
        </BaseSwitch.Root>
        <BaseField.Label className={cx('label', 'inline', setting && 'setting')}>{label}</BaseField.Label>
      </div>
      {help ? <BaseField.Description className={cx('help', 'indented')}>{help}</BaseField.Description> : null}
    </BaseField.Root>
  );
}
