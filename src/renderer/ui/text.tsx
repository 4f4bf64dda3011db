import { Copy } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { call } from '../client.ts';
import { textSegments } from '../visible-text.ts';
import { useAnnounce } from './announcer.tsx';
import { IconButton } from './button.tsx';
import { classes } from './classes.ts';
import styles from './text.module.css';

const cx = classes(styles);
const CUT = 400;

type SafeTextProps = Readonly<{ text: string; limit?: number }>;

/** Text of a store: isolated from its surroundings, what cannot be seen written out, cut at a limit. */
export function SafeText({ text, limit = CUT }: SafeTextProps) {
  const shown = text.length > limit ? text.slice(0, limit) : text;
  return (
    <bdi>
      {textSegments(shown).map((segment, index) =>
        segment.code ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: segments have no identity but their place
          <span key={index} className={cx('control')}>
            {segment.code}
          </span>
        ) : (
          segment.text
        ),
      )}
      {text.length > limit ? '…' : null}
    </bdi>
  );
}

type CopyButtonProps = Readonly<{ text: string; label?: string; small?: boolean }>;

export function CopyButton({ text, label, small = true }: CopyButtonProps) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const copy = async () => {
    await call('clipboard.write', { text });
    announce(t('common.copied'));
  };
  return <IconButton label={label ?? t('common.copy')} icon={<Copy />} small={small} onClick={() => void copy()} />;
}
