import type { ReactNode } from 'react';

/** Nothing here: one sentence that says why, and the next step. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      <p className="text-base font-medium text-ink-1">{title}</p>
      {children !== undefined && (
        <div className="flex max-w-prose flex-col items-center gap-3 text-ink-2">{children}</div>
      )}
    </div>
  );
}
