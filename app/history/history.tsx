'use client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { Button } from '../components/button.tsx';
import { Empty } from '../components/empty.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Loading } from '../components/loading.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Panel } from '../components/panel.tsx';
import { TruthLine, TruthPill } from '../components/truth-pill.tsx';
import { useAddressView } from '../components/use-address-view.ts';
import { useKeys } from '../keys/use-keys.ts';
import { useTRPC, useTRPCClient } from '../trpc/client.ts';
import { ChangeDetail } from './change-detail.tsx';
import { ChangeList, changeLinkId } from './change-list.tsx';
import { HistoryFilters, SEARCH_ID } from './filters.tsx';
import { buildHistory, filterOf, isFiltered, parseHistory, withoutFilters } from './history-view.ts';

/** Every change, who made it and why, what it did to the desired state, and when each node had it. */
export function History() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [view, show] = useAddressView(parseHistory, buildHistory);
  const filter = filterOf(view);
  const list = useInfiniteQuery({
    // tRPC's own infinite query sends a direction, which the list refuses
    queryKey: trpc.changes.list.infiniteQueryKey(filter),
    queryFn: ({ pageParam, signal }) =>
      client.changes.list.query({ ...filter, ...(pageParam === null ? {} : { cursor: pageParam }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  const changes = useMemo(() => list.data?.pages.flatMap((page) => page.changes), [list.data]);
  const open = view.change ?? changes?.[0]?.id ?? null;
  function step(by: number): void {
    const index = changes?.findIndex(({ id }) => id === open) ?? -1;
    const next = changes?.[Math.min((changes?.length ?? 1) - 1, Math.max(0, index + by))];
    if (next === undefined) return;
    show({ change: next.id });
    document.getElementById(changeLinkId(next.id))?.focus();
  }
  const detail = useRef<HTMLDivElement>(null);
  /** Where it stands below the list, what was opened comes into sight, and keys go on in it. */
  function toDetail(): void {
    if (detail.current === null || detail.current.getBoundingClientRect().top < window.innerHeight / 2) return;
    detail.current.focus({ preventScroll: true });
    detail.current.scrollIntoView();
  }
  useKeys('History', [
    { keys: 'j', label: 'Older change', run: () => step(1) },
    { keys: 'k', label: 'Newer change', run: () => step(-1) },
    { keys: 's', label: 'Search in this list', run: () => document.getElementById(SEARCH_ID)?.focus() },
    { keys: 'Escape', label: 'Clear the filters', run: () => show(withoutFilters(view)) },
  ]);
  return (
    <>
      <PageHeader
        title="History"
        truths={
          <TruthLine>
            <TruthPill truth="desired">every change to it, none is ever removed</TruthPill>
            <TruthPill truth="programmed">when each node had each change</TruthPill>
          </TruthLine>
        }
      />
      {list.isError && <ErrorPanel error={list.error} onRetry={() => void list.refetch()} className="mb-3" />}
      <div className="grid grid-cols-[27.5rem_minmax(0,1fr)] items-start gap-3 max-[73.75rem]:grid-cols-1">
        <Panel label="Changes" flush>
          <HistoryFilters view={view} onChange={show} changes={changes ?? []} />
          {changes === undefined && !list.isError && <Loading what="changes" />}
          {changes?.length === 0 && (
            <Empty title={isFiltered(view) ? 'No change matches these filters.' : 'Nothing was changed yet.'}>
              {isFiltered(view) ? (
                <Button onClick={() => show(withoutFilters(view))}>Clear the filters</Button>
              ) : (
                <p>The first pool that is saved stands here, with who saved it and when each node had it.</p>
              )}
            </Empty>
          )}
          {changes !== undefined && changes.length > 0 && (
            <ChangeList
              changes={changes}
              open={open}
              href={(id) => buildHistory({ ...view, change: id })}
              onOpen={toDetail}
            />
          )}
          {list.hasNextPage && (
            <div className="border-t border-line-faint p-2 text-center">
              <Button
                small
                look="ghost"
                refused={list.isFetchingNextPage ? 'Older changes are being read.' : undefined}
                onClick={() => void list.fetchNextPage()}
              >
                Older changes
              </Button>
            </div>
          )}
        </Panel>
        {open !== null && (
          // as high as the window also while it is read: else there is no way to scroll to its head
          <div ref={detail} tabIndex={-1} className="min-w-0 outline-none max-[73.75rem]:min-h-dvh">
            <ChangeDetail key={open} id={open} />
          </div>
        )}
      </div>
    </>
  );
}
