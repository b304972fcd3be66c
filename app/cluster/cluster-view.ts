import type { Outputs } from '../trpc/client.ts';

/** The cluster at one glance, as the server says it. */
export type ClusterView = Outputs['cluster']['get'];
