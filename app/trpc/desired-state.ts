'use client';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type ClusterSettings, overlaySettings } from '../../core/nat/settings.ts';
import type { Pool } from '../../core/pool/spec.ts';
import { hostsMatter } from '../../core/wire/revision.ts';
import { useTRPC, useTRPCClient } from './client.ts';

export interface DesiredState {
  pools: readonly Pool[];
  settings: ClusterSettings;
  /** the nodes' addresses; empty while no setting makes them matter */
  hosts: readonly string[];
  revision: string;
}

/** The whole desired state, for what this browser computes itself with core. Undefined until it is here. */
export function useDesiredState(): DesiredState | undefined {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const settings = useQuery(trpc.settings.get.queryOptions());
  const decided = settings.data?.settings;
  const live = settings.data?.live;
  // where nothing is decided here, what the cluster says is wanted
  const wanted = useMemo(
    () => (decided === undefined ? undefined : live ? overlaySettings(live, decided) : decided),
    [decided, live],
  );
  const matter = wanted !== undefined && hostsMatter(wanted);
  // the log has the nodes' addresses from the moment on that they matter
  const hosts = useQuery(trpc.changes.list.queryOptions({ action: 'hosts.update', limit: 1 }, { enabled: matter }));
  const pools = useQuery({
    // a name of its own that changes touch, and the cluster where a field is released (touched.ts): what else is told, as by nodes,
    // does not load ten thousand pools again
    queryKey: [['desired', 'pools'], { type: 'all' }],
    queryFn: async ({ signal }) => {
      const all: Pool[] = [];
      let cursor: string | undefined;
      let revision = '';
      let released = false;
      do {
        const page = await client.pools.list.query(
          { limit: 1000, ...(cursor === undefined ? {} : { cursor }) },
          { signal },
        );
        all.push(...page.pools.map(({ name, spec }) => ({ name, spec })));
        released ||= page.pools.some(({ sync }) => (sync?.released.length ?? 0) > 0);
        revision = page.desiredRevision;
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return { pools: all, revision, released };
    },
    refetchInterval: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useMemo(() => {
    if (wanted === undefined || pools.data === undefined || (matter && hosts.data === undefined)) return undefined;
    const after = matter ? hosts.data?.changes[0]?.after : null;
    const known = after !== null && after !== undefined && 'hosts' in after ? after.hosts : [];
    return { ...pools.data, settings: wanted, hosts: known };
  }, [wanted, pools.data, hosts.data, matter]);
}
