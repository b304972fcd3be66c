'use client';
import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

/** Tabs with arrow keys, Home and End. The open one belongs in the URL: `value` and `onChange` are the caller's. */
export function Tabs<T extends string>({
  label,
  value,
  onChange,
  tabs,
}: {
  label: string;
  value: T;
  onChange: (value: T) => void;
  tabs: readonly { value: T; label: ReactNode; content: ReactNode }[];
}) {
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as T)}>
      <Radix.List
        aria-label={label}
        className="mb-3 flex gap-1 overflow-x-auto shadow-[inset_0_-1px_var(--border)] narrow:flex-wrap"
      >
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="h-8 flex-none border-b-2 border-transparent px-2.5 font-medium text-ink-2 narrow:px-1.5 -outline-offset-2 hover:text-ink-1 data-[state=active]:border-accent data-[state=active]:text-ink-1 pointer-coarse:h-11"
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className="rounded-lg">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
