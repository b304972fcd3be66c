'use client';
import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { Ellipsis } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { DropdownMenu } from 'radix-ui';
import { allCounts, needsSomebody } from '../cluster/connection.ts';
import { useNow, utc } from '../components/age.tsx';
import { useTRPC } from '../trpc/client.ts';
import { useClusterMode } from '../trpc/cluster-mode.ts';
import { allPages, inMode, type PageLink, pageOf, railGroups } from './pages.ts';
import { useSession } from './session.tsx';

/** 208 px; 52 below 1400; a bottom bar of five and More below 720. */
export function Rail() {
  const current = pageOf(usePathname());
  const counts = useCounts();
  const cluster = useClusterMode();
  const { session } = useSession();
  const now = useNow();
  return (
    <nav
      aria-label="Main"
      className="sticky top-(--topbar) flex h-[calc(100dvh-var(--topbar))] flex-col gap-px overflow-auto border-r border-line bg-surface-0 px-2 py-2.5 narrow:fixed narrow:inset-x-0 narrow:top-auto narrow:bottom-0 narrow:z-30 narrow:h-14 narrow:flex-row narrow:overflow-visible narrow:border-t narrow:border-r-0 narrow:bg-surface-1 narrow:p-1"
    >
      {railGroups.map(({ title, pages }, index) => (
        <div key={title} className="contents">
          <h2
            className={clsx(
              'mx-2 mb-1 text-2xs font-medium text-ink-3 fold:my-2 fold:h-px fold:overflow-hidden fold:bg-line fold:indent-20 narrow:hidden',
              index === 0 ? 'mt-0.5 fold:hidden' : 'mt-3.5',
            )}
          >
            {title}
          </h2>
          {inMode(pages, cluster).map((page) => (
            <RailLink key={page.href} page={page} current={page === current} {...counts[page.href]} />
          ))}
        </div>
      ))}
      <More current={current} />
      <p className="mt-auto p-2 text-2xs text-ink-3 tabular-nums fold:hidden narrow:hidden">
        Outgate {session.version}
        <br />
        {utc(new Date(now).toISOString())}
      </p>
    </nav>
  );
}

/** The bottom bar has room for five; the others move into More. */
const inMore = (page: PageLink): boolean => page.href === '/settings' || page.cluster === true;

function RailLink({
  page,
  current,
  count,
  hot,
}: {
  page: PageLink;
  current: boolean;
  count?: number | undefined;
  hot?: boolean | undefined;
}) {
  const { icon: Icon, name, href } = page;
  return (
    <Link
      href={href}
      aria-current={current ? 'page' : undefined}
      title={name}
      className={clsx(
        'relative flex h-7.5 flex-none items-center gap-2.25 rounded-md px-2 hover:bg-surface-3 hover:text-ink-1 fold:justify-center fold:px-0 pointer-coarse:h-11 narrow:h-12 narrow:flex-1 narrow:flex-col narrow:gap-0.5',
        inMore(page) && 'narrow:hidden',
        current
          ? 'bg-surface-3 font-[550] text-ink-1 before:absolute before:inset-y-1.75 before:-left-2 before:w-0.5 before:rounded-r-sm before:bg-accent narrow:before:inset-x-[30%] narrow:before:-top-1 narrow:before:bottom-auto narrow:before:h-0.5 narrow:before:w-auto'
          : 'text-ink-2',
      )}
    >
      <Icon aria-hidden className={clsx('size-3.75 flex-none', current ? 'text-accent-fg' : 'text-ink-3')} />
      <span className="fold:sr-only narrow:not-sr-only narrow:text-[10px]/[12px]">{name}</span>
      {count !== undefined && count > 0 && (
        <span
          className={clsx(
            'ml-auto text-2xs tabular-nums fold:absolute fold:-top-0.5 fold:right-0 fold:min-w-3.5 fold:rounded-full fold:bg-surface-3 fold:px-0.5 fold:text-center fold:text-[9px]/[14px] narrow:top-0 narrow:right-[20%]',
            hot ? 'font-[550] text-drifted-fg' : 'text-ink-3',
          )}
        >
          {count.toLocaleString('en-US')}
          <span className="sr-only">{hot ? ' need attention' : ''}</span>
        </span>
      )}
    </Link>
  );
}

function More({ current }: { current: PageLink | undefined }) {
  const rest = inMode(allPages, useClusterMode()).filter(inMore);
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger
        className={clsx(
          'hidden h-12 flex-1 flex-col items-center justify-center gap-0.5 rounded-md text-[10px]/[12px] narrow:flex',
          current !== undefined && inMore(current) ? 'bg-surface-3 text-ink-1' : 'text-ink-2',
        )}
      >
        <Ellipsis aria-hidden className="size-3.75 text-ink-3" />
        More
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content sideOffset={8} className="z-40 min-w-44 rounded-lg bg-surface-pop p-1 shadow-pop">
          {rest.map(({ href, name, icon: Icon }) => (
            <DropdownMenu.Item key={href} asChild>
              <Link
                href={href}
                className="flex h-9 items-center gap-2 rounded-md px-2.5 text-ink-1 outline-none data-highlighted:bg-surface-3 pointer-coarse:h-11"
              >
                <Icon aria-hidden className="size-3.75 text-ink-3" />
                {name}
              </Link>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** A count stands only where it leads to a list; amber when somebody is needed. */
function useCounts(): Record<string, { count: number; hot: boolean }> {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.status.get.queryOptions());
  const inCluster = data?.mode === 'cluster';
  const cluster = useQuery(trpc.cluster.get.queryOptions(undefined, { enabled: inCluster }));
  if (data === undefined) return {};
  const wrong = data.nodes.drifted + data.nodes.stale + data.nodes.failed;
  return {
    ...(cluster.data === undefined ? {} : { '/cluster': { count: needsSomebody(allCounts(cluster.data)), hot: true } }),
    '/pools': { count: data.pools, hot: false },
    '/nodes': wrong > 0 ? { count: wrong, hot: true } : { count: data.nodes.total, hot: false },
  };
}
