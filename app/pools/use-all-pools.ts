import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useTRPC, useTRPCClient } from '../trpc/client.ts';
import type { ListedPool } from './rows.ts';

const PAGE = 1000;

/**
 * Every pool, page after page: rules are checked against all of them, and the table scrolls over all of them. `complete`
 * is false until the last page is here. Polling grows rarer with the number of pools; the live stream does not.
 */
export function useAllPools() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const query = useInfiniteQuery({
    queryKey: trpc.pools.list.infiniteQueryKey({ limit: PAGE }),
    queryFn: ({ pageParam, signal }) =>
      client.pools.list.query({ limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) => (state.data?.pages.length ?? 1) * 10_000,
  });
  const { hasNextPage, isFetching, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const pools = useMemo<ListedPool[] | undefined>(() => query.data?.pages.flatMap((page) => page.pools), [query.data]);
  return {
    pools,
    total: query.data?.pages.at(-1)?.total ?? 0,
    complete: query.data !== undefined && !hasNextPage,
    error: query.error,
    readAt: query.dataUpdatedAt === 0 ? null : new Date(query.dataUpdatedAt).toISOString(),
    refetch: query.refetch,
  };
}
