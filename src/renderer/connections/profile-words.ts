import { useTranslation } from 'react-i18next';
import type { ChoiceGroup, FieldSpec } from './field-spec.ts';
import type { FieldProblem } from './profile-values.ts';

/** Labels that are not settings of Django, by path. */
const WORDS = {
  name: 'profileLabel.name',
  group: 'profileLabel.group',
  colour: 'profileLabel.colour',
  environment: 'profileLabel.environment',
  readOnly: 'profileLabel.readOnly',
  DJANGO_VERSION: 'profileLabel.DJANGO_VERSION',
  session_table: 'profileLabel.session_table',
  session_store_class: 'profileLabel.session_store_class',
  cache_key_prefix: 'profileLabel.cache_key_prefix',
  'DATABASES.SCHEMA': 'profileLabel.schema',
  'DATABASES.TLS_CA': 'profileLabel.TLS_CA',
  'DATABASES.TLS_CERT': 'profileLabel.TLS_CERT',
  'DATABASES.TLS_KEY': 'profileLabel.TLS_KEY',
  'DATABASES.TIME_ZONE': 'profileLabel.DATABASE_TIME_ZONE',
  'CACHES.TOPOLOGY': 'profileLabel.topology',
  'CACHES.SENTINEL_MASTER': 'profileLabel.SENTINEL_MASTER',
  'CACHES.SENTINEL_USER': 'profileLabel.SENTINEL_USER',
  SENTINEL_PASSWORD: 'profileLabel.SENTINEL_PASSWORD',
  'CACHES.USER': 'profileLabel.CACHE_USER',
  CACHE_PASSWORD: 'profileLabel.CACHE_PASSWORD',
  'CACHES.TLS': 'profileLabel.CACHE_TLS',
  'CACHES.TLS_CA': 'profileLabel.CACHE_TLS_CA',
  'CACHES.TLS_CERT': 'profileLabel.CACHE_TLS_CERT',
  'CACHES.TLS_KEY': 'profileLabel.CACHE_TLS_KEY',
  user_table: 'profileLabel.user_table',
  'user_table.table': 'profileLabel.user_table_table',
  'user_table.id': 'profileLabel.user_table_id',
  'user_table.username': 'profileLabel.user_table_username',
  'user_table.email': 'profileLabel.user_table_email',
  'user_table.password': 'profileLabel.user_table_password',
  'user_table.is_active': 'profileLabel.user_table_is_active',
} as const;

function hasWord(path: string): path is keyof typeof WORDS {
  return path in WORDS;
}

/** A setting by its own name; what is not Django's, in the window's language. */
export function useFieldLabel(): (field: FieldSpec) => string {
  const { t } = useTranslation();
  return (field) => (hasWord(field.path) ? t(WORDS[field.path]) : field.label);
}

/** Words for a choice; settings' own values stay as they are. */
export function useChoiceLabel(): (group: ChoiceGroup | undefined, choice: string) => string {
  const { t, i18n } = useTranslation();
  return (group, choice) => {
    if (group === undefined) return choice;
    if (group === 'auto') return choice === 'auto' ? t('profileForm.auto') : choice;
    if (group === 'sameSite') return choice === 'unset' ? t('profileChoice.sameSiteNone') : choice;
    const key = group === 'environment' ? `common.${choice}` : `profileChoice.${group}.${choice}`;
    // The choices of a group are the keys of its words: see profile-fields.test.ts.
    return i18n.exists(key) ? String(i18n.t(key as 'common.production')) : choice;
  };
}

/** zod's complaint in the window's language. */
export function useFieldError(): (problem: FieldProblem | undefined) => string | undefined {
  const { t } = useTranslation();
  return (problem) => {
    if (!problem) return undefined;
    const { code, minimum, maximum, number } = problem;
    if (code === 'invalid_type') return t('fieldError.notANumber');
    if (code === 'too_small' && !number) return t('fieldError.required');
    if (code === 'too_big' && !number) return t('fieldError.tooLong', { maximum: maximum ?? '∞' });
    if (code === 'too_small' || code === 'too_big')
      return t('fieldError.outOfRange', { minimum: minimum ?? '−∞', maximum: maximum ?? '∞' });
    if (code === 'invalid_format') return t(problem.path === 'DJANGO_VERSION' ? 'fieldError.version' : 'fieldError.characters');
    return t('fieldError.invalid');
  };
}
