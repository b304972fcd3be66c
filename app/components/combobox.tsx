'use client';
import { clsx } from 'clsx';
import { type ReactNode, useId, useState } from 'react';
import { TextInput } from './field.tsx';
import { Tag } from './tag.tsx';

export interface ComboboxOption {
  value: string;
  /** machine text beside the value, searched too */
  detail: string;
  /** shown instead of the value */
  label?: string;
  /** what kind of thing it is */
  kind?: string;
  where?: string;
  /** it was found for what is typed: it is not searched again */
  fits?: boolean;
}

/** Free text with suggestions: what is offered is never forced. Arrow keys choose, Enter takes, Escape closes. */
export function Combobox({
  value,
  onChange,
  options,
  placeholder,
  lead,
  trail,
}: {
  value: string;
  onChange: (value: string) => void;
  options: readonly ComboboxOption[];
  placeholder?: string;
  lead?: ReactNode;
  trail?: ReactNode;
}) {
  const list = useId();
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const wanted = value.trim().toLowerCase();
  const taken = options.some((option) => option.value === value);
  const found = options.filter(
    (option) =>
      taken ||
      option.fits ||
      option.value.toLowerCase().includes(wanted) ||
      option.detail.toLowerCase().includes(wanted),
  );
  const shown = open && found.length > 0;
  function take(option: ComboboxOption): void {
    onChange(option.value);
    setOpen(false);
    setActive(-1);
  }
  function onKeyDown(event: React.KeyboardEvent): void {
    const { key } = event;
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      if (found.length === 0) return;
      event.preventDefault();
      const step = key === 'ArrowDown' ? 1 : -1;
      setActive(shown ? (active + step + found.length) % found.length : step === 1 ? 0 : found.length - 1);
      setOpen(true);
    } else if (key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      // the question is asked: the list would only cover the answer
      setOpen(false);
    } else if (key === 'Enter' && shown) {
      const option = found[active];
      if (option === undefined) {
        setOpen(false);
      } else {
        event.preventDefault();
        take(option);
      }
    } else if (key === 'Escape' && shown) {
      event.preventDefault();
      setOpen(false);
      setActive(-1);
    }
  }
  return (
    <span className="relative block min-w-0">
      <TextInput
        machine
        role="combobox"
        aria-expanded={shown}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={shown && active >= 0 ? `${list}${active}` : undefined}
        value={value}
        placeholder={placeholder}
        lead={lead}
        trail={trail}
        onChange={(event) => {
          const { value: text } = event.target;
          onChange(text);
          // a name typed whole needs no list, which would only cover what follows
          setOpen(!options.some((option) => option.value === text));
          setActive(-1);
        }}
        onClick={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <span
        id={list}
        role="listbox"
        aria-label="Suggestions"
        className={clsx(
          'absolute top-full right-0 left-0 z-20 mt-1 max-h-72 overflow-auto rounded-lg bg-surface-pop p-1 shadow-pop',
          shown ? 'block' : 'hidden',
        )}
      >
        {found.map((option, index) => (
          <span
            key={option.value}
            id={`${list}${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            // the input keeps the focus: a press on an option must not blur it first
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(option)}
            onKeyDown={undefined}
            className={clsx(
              'flex min-h-7.5 cursor-pointer flex-wrap items-center gap-x-2 rounded-md px-2 pointer-coarse:min-h-11',
              index === active ? 'bg-surface-selected' : 'hover:bg-surface-3',
            )}
          >
            {option.kind !== undefined && <Tag>{option.kind}</Tag>}
            <span className="min-w-0 wrap-anywhere text-ink-1">{option.label ?? option.value}</span>
            {option.where !== undefined && option.where !== '' && (
              <span className="text-xs text-ink-2">{option.where}</span>
            )}
            <span className="machine text-ink-3">{option.detail}</span>
          </span>
        ))}
      </span>
    </span>
  );
}
