/**
 * What one replica runs when there is a cluster: it stands for election, and while it leads it finds the group that the
 * pools are in, leads a term there, and begins another one when the group changes. It writes what it knows of the watch into
 * the `live` row, so every replica can show it.
 */
import type { AgentPlacement } from '../../core/cluster/agent-placement.ts';
import type { Database } from '../db/client.ts';
import type { Hub } from '../events/hub.ts';
import type { Connection } from '../kube/connection.ts';
import { type Election, type ElectionState, elect } from '../kube/lease.ts';
import { type Following, followGroup } from './follow-group.ts';
import type { Leading } from './lead.ts';

export interface ControllerOptions {
  readonly db: Database;
  readonly hub: Hub;
  readonly connection: Connection;
  /** One of its own for the lease: renewals must not wait behind applies. */
  readonly leaseConnection: Connection;
  readonly lease: { readonly namespace: string; readonly name: string };
  /** where they are meant to run */
  readonly agents: AgentPlacement;
  /** of this process alone, another one after each start */
  readonly identity: string;
  /** monotonic, in milliseconds */
  readonly now: () => number;
  /** milliseconds since 1970 */
  readonly date: () => number;
  readonly onState: (state: ElectionState) => void;
  /** a fault that is tried again: the database is away, or the code is wrong */
  readonly onError: (error: unknown) => void;
}

export interface Controller {
  election(): ElectionState;
  /** see Leading; resolves at once where this replica does not lead */
  takeUp: Leading['takeUp'];
  /** Stops writing, then lets another lead at once. */
  stop(): Promise<void>;
}

export function startController(options: ControllerOptions): Controller {
  const { db, hub, connection, leaseConnection, lease, agents, identity, now, date, onState, onError } = options;
  let following: Following | null = null;
  const election: Election = elect({
    connection: leaseConnection,
    ...lease,
    identity,
    now,
    date,
    onState,
    async onLead(tenure) {
      const begun = await followGroup({ db, hub, connection, tenure, agents, identity, date, onError });
      following = begun;
      return {
        async stop() {
          following = null;
          await begun.stop();
        },
      };
    },
  });
  return {
    election: election.state,
    takeUp: async (...save) => following?.takeUp(...save),
    stop: election.stop,
  };
}
