import { Search as SearchIcon, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Capabilities, SessionState } from '../../preload/api.ts';
import { IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Select } from '../ui/select.tsx';
import { Tip } from '../ui/tip.tsx';
import type { Search, SearchIn } from './search.ts';
import styles from './sessions.module.css';

const cx = classes(styles);
const STATES: readonly (SessionState | null)[] = [null, 'live', 'expired', 'corrupt', 'unsigned'];

type SessionsFilterProps = Readonly<{
  capabilities: Capabilities;
  search: Search | null;
  onSearch: (search: Search | null) => void;
  state: SessionState | null;
  onState: (state: SessionState | null) => void;
}>;

/** One search field and chips of states. */
export function SessionsFilter({ capabilities, search, onSearch, state, onState }: SessionsFilterProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [where, setWhere] = useState<SearchIn>('user');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSearch(text.trim() === '' ? null : { in: where, text });
  };
  const reset = () => {
    setText('');
    onSearch(null);
  };
  return (
    <div className={cx('filter')}>
      <search className={cx('search')}>
        <form className={cx('search-form')} onSubmit={submit}>
          <Select<SearchIn>
            compact
            label={t('search.where')}
            value={where}
            onChange={setWhere}
            items={[
              { value: 'user', label: t('search.user') },
              { value: 'key', label: t('search.key') },
              { value: 'data', label: t('search.data') },
            ]}
          />
          <span className={cx('search-field')}>
            <IconButton small type="submit" className={cx('search-submit')} label={t('search.submit')} icon={<SearchIcon />} />
            <input
              type="text"
              data-find
              className={cx('search-input')}
              aria-label={t('search.label')}
              placeholder={t(`search.placeholder.${where}`)}
              value={text}
              spellCheck={false}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => event.key === 'Escape' && reset()}
            />
            {text !== '' || search ? (
              <IconButton small className={cx('search-clear')} label={t('search.clear')} icon={<X />} onClick={reset} />
            ) : null}
          </span>
        </form>
      </search>
      {/* biome-ignore lint/a11y/useSemanticElements: chips, not a set of form fields */}
      <div role="group" aria-label={t('sessions.filterLabel')} className={cx('chips')}>
        {STATES.map((chip) => {
          const scan = chip === 'corrupt' || chip === 'unsigned' || (chip !== null && !capabilities.filterState);
          const button = (
            <button key={chip ?? 'all'} type="button" className={cx('chip')} aria-pressed={state === chip} onClick={() => onState(chip)}>
              {chip === null ? t('state.all') : t(`state.${chip}`)}
            </button>
          );
          return scan ? (
            <Tip key={chip} text={t('sessions.scanHint')}>
              {button}
            </Tip>
          ) : (
            button
          );
        })}
      </div>
    </div>
  );
}
