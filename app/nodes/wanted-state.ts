'use client';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ClusterSettings } from '../../core/nat/settings.ts';
import type { Pool } from '../../core/pool/spec.ts';
import { useTRPC } from '../trpc/client.ts';
import { useDesiredState } from '../trpc/desired-state.ts';

export interface WantedState {
  pools: readonly Pool[];
  settings: ClusterSettings;
  hosts: readonly string[];
}

/**
 * What the kernels of the nodes are compared with: in a cluster what it says, which may differ from what is desired, else what
 * is desired. `hosts`: the addresses of the effective state. Undefined until it is here.
 */
export function useWantedState(cluster: boolean, hosts: readonly string[] | undefined): WantedState | undefined {
  const trpc = useTRPC();
  const desired = useDesiredState();
  const settings = useQuery(trpc.settings.get.queryOptions()).data?.live;
  const there = useQuery(trpc.cluster.pools.queryOptions(undefined, { enabled: cluster })).data?.pools;
  const live = useMemo(() => {
    if (!settings || there === undefined || hosts === undefined) return undefined;
    return { settings, hosts, pools: there.flatMap(({ name, spec }) => (spec === null ? [] : [{ name, spec }])) };
  }, [settings, there, hosts]);
  return cluster ? live : desired;
}
