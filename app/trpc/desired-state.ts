'use client';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ClusterSettings } from '../../core/nat/settings.ts';
import type { Pool } from '../../core/pool/spec.ts';
import { useTRPC, useTRPCClient } from './client.ts';

export interface DesiredState {
  pools: readonly Pool[];
  settings: ClusterSettings;
  revision: string;
}

/** All pools and settings, for the answer that this browser computes. Undefined until they are here. */
export function useDesiredState(): DesiredState | undefined {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const settings = useQuery(trpc.settings.get.queryOptions());
  const pools = useQuery({
    // named like a query of settings: only changes touch those, so node reports do not load ten thousand pools again
    queryKey: [['settings', 'pools'], { type: 'all' }],
    queryFn: async ({ signal }) => {
      const all: Pool[] = [];
      let cursor: string | undefined;
      let revision = '';
      do {
        const page = await client.pools.list.query(
          { limit: 1000, ...(cursor === undefined ? {} : { cursor }) },
          { signal },
        );
        all.push(...page.pools.map(({ name, spec }) => ({ name, spec })));
        revision = page.revision;
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return { pools: all, revision };
    },
    refetchInterval: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useMemo(
    () =>
      settings.data === undefined || pools.data === undefined
        ? undefined
        : { ...pools.data, settings: settings.data.settings },
    [settings.data, pools.data],
  );
}
