import type { Input } from '../../preload/api.ts';

export type LabKeysInput = Input<'cookies.read'>['keys'];

/** With which keys a value is read, as the form holds it. */
export type LabKeysValues = Readonly<{
  /** a profile's id, `typed`, or `none` */
  source: string;
  SECRET_KEY: string;
  SECRET_KEY_FALLBACKS: string;
  class_name: string;
  salt: string;
  cookie_name: string;
  max_age: string;
}>;

export const emptyKeys: LabKeysValues = {
  source: 'none',
  SECRET_KEY: '',
  SECRET_KEY_FALLBACKS: '',
  class_name: '',
  salt: '',
  cookie_name: '',
  max_age: '',
};

/** What crosses the bridge: only what was filled in. */
export function labKeys(values: LabKeysValues): LabKeysInput {
  const typed = values.source === 'typed';
  const fallbacks = values.SECRET_KEY_FALLBACKS.split('\n').filter((line) => line !== '');
  const max_age = Number(values.max_age);
  return {
    ...(values.source !== 'none' && !typed ? { profile: values.source } : {}),
    ...(typed && values.SECRET_KEY !== '' ? { SECRET_KEY: values.SECRET_KEY } : {}),
    ...(typed && fallbacks.length > 0 ? { SECRET_KEY_FALLBACKS: fallbacks } : {}),
    ...(values.class_name === '' ? {} : { class_name: values.class_name }),
    ...(values.salt === '' ? {} : { salt: values.salt }),
    ...(values.cookie_name === '' ? {} : { cookie_name: values.cookie_name }),
    ...(values.max_age.trim() === '' || Number.isNaN(max_age) ? {} : { max_age }),
  };
}

/** Whether there is a key to sign with. */
export function canSign(values: LabKeysValues): boolean {
  return values.source === 'typed' ? values.SECRET_KEY !== '' : values.source !== 'none';
}
