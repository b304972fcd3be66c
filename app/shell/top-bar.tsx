'use client';
import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { Keyboard, Monitor, Moon, Search, Sun } from 'lucide-react';
import Link from 'next/link';
import { useHeard } from '../cluster/use-heard.ts';
import { Age } from '../components/age.tsx';
import { IconButton } from '../components/button.tsx';
import { Kbd } from '../components/kbd.tsx';
import { useTRPC } from '../trpc/client.ts';
import { useLive } from '../trpc/live.tsx';
import { AccountMenu } from './account-menu.tsx';
import { Logo } from './logo.tsx';
import { setTheme, type Theme, themes, useTheme } from './theme.ts';

export function TopBar({ onPalette, onKeys }: { onPalette: () => void; onKeys: () => void }) {
  return (
    <header className="sticky top-0 z-30 col-span-2 flex h-(--topbar) items-center gap-3 border-b border-line bg-surface-1 pr-4 narrow:gap-1 narrow:pr-2">
      <Link
        href="/"
        className="flex h-full w-(--rail) flex-none items-center gap-2.25 border-r border-line-faint px-4 text-base font-semibold tracking-tight text-ink-1 -outline-offset-2 fold:justify-center fold:px-0 narrow:w-11 narrow:border-0"
      >
        <Logo />
        <span className="fold:sr-only">Outgate</span>
      </Link>
      <Convergence />
      <span className="flex-1" />
      <LiveDot />
      <button
        type="button"
        onClick={onPalette}
        className="flex h-7 w-60 min-w-9 flex-initial items-center gap-2 rounded-md border border-line bg-surface-2 pr-1.5 pl-2.5 text-ink-3 hover:border-line-control small:w-9 small:flex-none small:justify-center small:px-0 narrow:border-transparent narrow:bg-transparent pointer-coarse:h-11"
      >
        <Search aria-hidden className="size-3.5 flex-none" />
        <span className="min-w-0 flex-1 truncate text-left small:sr-only">Find a pool, node, address…</span>
        <span className="small:hidden">
          <Kbd>/</Kbd>
        </span>
      </button>
      <IconButton label="Keyboard map (?)" onClick={onKeys} className="narrow:hidden">
        <Keyboard aria-hidden className="size-4" />
      </IconButton>
      <ThemeButton />
      <AccountMenu />
    </header>
  );
}

/** Revision of the effective state, and how many nodes hold it. Without a cluster it is the desired one. */
function Convergence() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.status.get.queryOptions());
  if (data === undefined) return <span className="h-7" />;
  if (data.sequence === 0 && data.mode === 'standalone')
    return <span className="truncate px-3 text-ink-3">no change made yet</span>;
  const { total, programmed, pending, drifted, stale, failed } = data.nodes;
  const parts = [
    ['programmed', programmed, 'bg-programmed-mark'],
    ['pending', pending, 'bg-pending-mark'],
    ['drifted', drifted, 'bg-drifted-mark'],
    ['stale', stale, 'bg-stale-mark'],
    ['failed', failed, 'bg-failed-mark'],
  ] as const;
  return (
    <>
      <Link
        href="/history"
        className="ml-1 flex h-7 items-center gap-2 rounded-md px-2 hover:bg-surface-3 narrow:hidden"
        title={
          data.mode === 'cluster'
            ? 'Revision of what the cluster says, which the nodes are compared with'
            : 'Revision of the desired state, which the nodes are compared with'
        }
      >
        <span className="text-ink-3">revision</span>
        <span className="machine text-ink-1">{data.revision.slice(0, 8)}</span>
      </Link>
      <Link href="/nodes" className="flex h-7 items-center gap-2 rounded-md px-2 whitespace-nowrap hover:bg-surface-3">
        {total > 0 && (
          <span
            role="img"
            aria-label={parts.map(([word, count]) => `${count} ${word}`).join(', ')}
            className="flex h-1.5 w-24 gap-px overflow-hidden rounded-full bg-surface-3 narrow:w-10"
          >
            {parts.map(([word, count, tone]) =>
              count === 0 ? null : <span key={word} className={clsx('h-full', tone)} style={{ flexGrow: count }} />,
            )}
          </span>
        )}
        <span className="font-[550] text-ink-1 tabular-nums">
          {programmed}/{total}
        </span>
        <span className="text-ink-3 small:sr-only">{total === 0 ? 'no node has joined' : 'nodes programmed'}</span>
      </Link>
    </>
  );
}

/** Live: what this page shows follows what happens, and the cluster is heard. */
function LiveDot() {
  const live = useLive();
  const unheard = useHeard() === false && live.kind === 'live';
  return (
    <span className="inline-flex flex-none items-center gap-1.5 text-2xs whitespace-nowrap text-ink-3">
      <span
        aria-hidden
        className={clsx(
          'size-1.5 rounded-full',
          live.kind === 'live' && !unheard
            ? 'bg-programmed-mark'
            : live.kind === 'lost' || unheard
              ? 'bg-warning-mark'
              : 'bg-stale-mark',
        )}
      />
      <span role="status">
        {live.kind === 'live' && !unheard && <span className="narrow:sr-only">Live</span>}
        {unheard && (
          <Link href="/cluster" className="rounded-xs text-warning-fg hover:underline">
            Cluster not heard
          </Link>
        )}
        {live.kind === 'connecting' && <span className="narrow:sr-only">Connecting</span>}
        {live.kind === 'lost' && (
          <span className="text-warning-fg" title="The live stream is lost; asking every 10 s until it is back">
            Not live<span className="small:sr-only">, asking every 10 s.</span>
          </span>
        )}
      </span>
      {live.kind === 'lost' && (
        <span className="small:sr-only">
          {/* counts up each second: outside of what is read out */}
          <Age at={live.since} prefix="Lost" />
        </span>
      )}
    </span>
  );
}

const themeIcons: Record<Theme, typeof Sun> = { system: Monitor, light: Sun, dark: Moon };

function ThemeButton() {
  const theme = useTheme();
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
  const Icon = themeIcons[theme];
  return (
    <IconButton label={`Theme: ${theme}. Switch to ${next}`} onClick={() => setTheme(next)}>
      <Icon aria-hidden className="size-4" />
    </IconButton>
  );
}
