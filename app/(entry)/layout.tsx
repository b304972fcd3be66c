import type { ReactNode } from 'react';
import { Logo } from '../shell/logo.tsx';

/** Pages before anybody is signed in. */
export default function EntryLayout({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col gap-5 px-4 pt-[14vh] pb-10">
      <p className="flex items-center gap-2.5 text-lg font-semibold tracking-tight text-ink-1">
        <Logo />
        Outgate
      </p>
      {children}
    </main>
  );
}
