'use client';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from './client.ts';

/** Is there a cluster that says what counts? False until it is known: without one nothing of it is shown. */
export function useClusterMode(): boolean {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.status.get.queryOptions());
  return data?.mode === 'cluster';
}
