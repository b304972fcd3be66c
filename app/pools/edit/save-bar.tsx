import { clsx } from 'clsx';
import { CircleCheck, CircleX, Info } from 'lucide-react';
import { Button, ButtonLink } from '../../components/button.tsx';
import { TextInput } from '../../components/field.tsx';
import { Kbd } from '../../components/kbd.tsx';
import { readyWords } from './ready-words.ts';

/** Fixed below the page: whether it can be saved and why not, the reason for History, and the one filled button. */
export function SaveBar({
  blocked,
  warnings,
  tone,
  reason,
  onReason,
  label,
  cancel,
  onSave,
}: {
  blocked: string | null;
  /** what is worth a look before, and blocks nothing */
  warnings: number;
  tone: 'error' | 'quiet';
  reason: string;
  onReason: (text: string) => void;
  label: string;
  cancel: string;
  onSave: () => void;
}) {
  const Icon = blocked === null ? (warnings === 0 ? CircleCheck : Info) : tone === 'error' ? CircleX : Info;
  return (
    <div className="save-bar fixed right-0 bottom-0 left-(--rail) z-20 flex flex-wrap items-center gap-3 border-t border-line bg-surface-1 px-(--gutter) py-2.5 narrow:static narrow:mt-3 narrow:rounded-lg narrow:border">
      <p
        role="status"
        className={clsx(
          'flex flex-none items-center gap-2 font-medium narrow:w-full',
          blocked === null ? 'text-ink-1' : tone === 'error' ? 'text-error-fg' : 'text-ink-2',
        )}
      >
        <Icon aria-hidden className="size-3.5 flex-none" />
        {blocked ?? readyWords(warnings)}
      </p>
      <TextInput
        aria-label="Reason, kept in History"
        placeholder="Why (kept in History)"
        value={reason}
        maxLength={500}
        onChange={(event) => onReason(event.target.value)}
        trail={<span className="flex-none text-2xs text-ink-3">reason</span>}
        className="min-w-40 flex-1"
      />
      <ButtonLink href={cancel}>Cancel</ButtonLink>
      <Button look="primary" refused={blocked ?? undefined} onClick={onSave}>
        {label}
        <span className="narrow:hidden">
          <Kbd>Ctrl ↵</Kbd>
        </span>
      </Button>
    </div>
  );
}
