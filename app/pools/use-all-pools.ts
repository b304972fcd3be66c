import { useQuery } from '@tanstack/react-query';
import { useTRPCClient } from '../trpc/client.ts';
import { allPoolsQuery, pollEvery } from './all-pools.ts';

/** Every pool: rules are checked against all of them, and the table scrolls over all of them. */
export function useAllPools() {
  const client = useTRPCClient();
  const { data, error, refetch } = useQuery({
    ...allPoolsQuery((asked, signal) => client.pools.list.query(asked, { signal })),
    refetchInterval: ({ state }) => pollEvery(state.data),
  });
  return {
    pools: data?.pools,
    total: data?.total ?? 0,
    complete: data?.complete ?? false,
    error,
    refetch,
  };
}
