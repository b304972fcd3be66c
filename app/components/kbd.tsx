import type { ReactNode } from 'react';

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-flex h-4.5 min-w-4.5 flex-none items-center justify-center rounded-sm border border-b-2 border-line bg-surface-1 px-1 text-2xs leading-none text-ink-3">
      {children}
    </kbd>
  );
}
