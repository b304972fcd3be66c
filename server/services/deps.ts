/** What the services of one process work with; made once at start, or by a test. */
import type { Database } from '../db/client.ts';
import type { Hub } from '../events/hub.ts';
import type { Counters } from '../state/counters.ts';
import type { StateCache } from '../state/state-cache.ts';
import type { Cluster } from './cluster/reach.ts';
import type { Lab } from './lab/lab.ts';

export interface Deps {
  readonly db: Database;
  /** what is desired */
  readonly state: StateCache;
  /** what the nodes follow: the cluster's pools, or `state` itself where there is no cluster */
  readonly effective: StateCache;
  readonly counters: Counters;
  /** null: there is none */
  readonly cluster: Cluster | null;
  readonly now: () => Date;
  /** notices of all servers, for live streams */
  readonly hub: Hub;
  /** null: the lab is off */
  readonly lab: Lab | null;
  /** of this program */
  readonly version: string;
}
