/** Every pool, page after page, in one query. */
import type { QueryFunctionContext, QueryKey } from '@tanstack/react-query';
import type { ListedPool } from './rows.ts';

const PAGE = 1000;

export interface AllPools {
  readonly pools: readonly ListedPool[];
  /** as many as there are, also while not all of them are here */
  readonly total: number;
  /** false until the last page is here */
  readonly complete: boolean;
}

interface Page {
  readonly pools: readonly ListedPool[];
  readonly total: number;
  readonly nextCursor: string | null;
}

export type ListPage = (asked: { limit: number; cursor?: string }, signal: AbortSignal) => Promise<Page>;

/**
 * The first time each page is shown as it comes. Read again, all of it takes the place of what was shown at once: no count
 * shrinks meanwhile. It is one query, so that an event waits for the last page: page by page, events that come faster than a
 * page is read would have those that are here read again and again, and never the next.
 */
export const allPoolsQuery = (list: ListPage) => ({
  queryKey: [['pools', 'list'], { type: 'all' }],
  queryFn: async ({ client, queryKey, signal }: QueryFunctionContext<QueryKey>): Promise<AllPools> => {
    let read: AllPools = { pools: [], total: 0, complete: false };
    for (let cursor: string | null = null; !read.complete; ) {
      const page: Page = await list({ limit: PAGE, ...(cursor === null ? {} : { cursor }) }, signal);
      cursor = page.nextCursor;
      read = { pools: [...read.pools, ...page.pools], total: page.total, complete: cursor === null };
      const shown = client.getQueryData<AllPools>(queryKey);
      if (shown === undefined || (!shown.complete && shown.pools.length < read.pools.length)) {
        client.setQueryData<AllPools>(queryKey, read);
      }
    }
    return read;
  },
});

/** Polling grows rarer with the number of pools; the live stream does not. */
export const pollEvery = (all: AllPools | undefined): number =>
  Math.max(1, Math.ceil((all?.pools.length ?? 0) / PAGE)) * 10_000;
