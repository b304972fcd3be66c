'use client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTRPC } from '../trpc/client.ts';
import { useClusterMode } from '../trpc/cluster-mode.ts';
import { isHeard } from './connection.ts';

/** Whether the cluster is heard now; null: there is none, or it is not known yet. Looked at each second, told when it changes. */
export function useHeard(): boolean | null {
  const trpc = useTRPC();
  const { data: view } = useQuery(trpc.cluster.get.queryOptions(undefined, { enabled: useClusterMode() }));
  const [heard, setHeard] = useState<boolean | null>(null);
  useEffect(() => {
    if (view === undefined) return;
    const look = (): void => setHeard(isHeard(view, Date.now()));
    look();
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, [view]);
  return heard;
}
