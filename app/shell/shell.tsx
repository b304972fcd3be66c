'use client';
import { type ReactNode, useState } from 'react';
import { useKeyListener } from '../keys/use-keys.ts';
import { LiveProvider } from '../trpc/live.tsx';
import { useFrameKeys } from './frame-keys.ts';
import { KeyboardMap } from './keyboard-map.tsx';
import { LeaveQuestion } from './leave-guard.tsx';
import { Palette } from './palette.tsx';
import { Rail } from './rail.tsx';
import { SessionGate } from './session.tsx';
import { TopBar } from './top-bar.tsx';

/** The frame around every page but setup and sign-in. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <SessionGate>
      <LiveProvider>
        <Frame>{children}</Frame>
      </LiveProvider>
    </SessionGate>
  );
}

function Frame({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<'palette' | 'keys' | null>(null);
  useKeyListener();
  useFrameKeys({ openPalette: () => setOpen('palette'), openKeys: () => setOpen('keys') });
  return (
    <div className="grid min-h-dvh grid-cols-[var(--rail)_minmax(0,1fr)] grid-rows-[var(--topbar)_minmax(0,1fr)] narrow:block narrow:pb-14">
      <a
        href="#main"
        className="absolute -top-20 left-2 z-60 rounded-md bg-surface-pop px-3 py-1.5 text-ink-1 shadow-pop focus:top-2"
      >
        Skip to content
      </a>
      <TopBar onPalette={() => setOpen('palette')} onKeys={() => setOpen('keys')} />
      <Rail />
      <main
        id="main"
        tabIndex={-1}
        className="max-w-[calc(var(--page-max)+2*var(--gutter))] min-w-0 px-(--gutter) pt-3.5 pb-6 outline-none"
      >
        {children}
      </main>
      <Palette open={open === 'palette'} onClose={() => setOpen(null)} />
      <LeaveQuestion />
      <KeyboardMap open={open === 'keys'} onClose={() => setOpen(null)} />
    </div>
  );
}
