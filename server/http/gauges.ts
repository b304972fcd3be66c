/** What `/metrics` says beside the process itself: streams, nodes by state, and how far the changes are. */
import { nodeStates } from '../../core/wire/reasons.ts';
import { readLiveFelixes } from '../db/live-felix.ts';
import { readWatch } from '../db/live-watch.ts';
import { countPools } from '../db/pool-counts.ts';
import { countSettingsSync } from '../db/sync.ts';
import { felixProblems } from '../services/cluster/felix-problems.ts';
import type { Cluster } from '../services/cluster/reach.ts';
import type { Deps } from '../services/deps.ts';
import { nodesByState } from '../services/nodes/node-state.ts';
import { type Gauge, processGauges } from './metrics.ts';

export async function gauges(deps: Deps, agentStreams: () => number): Promise<readonly Gauge[]> {
  await Promise.all([deps.state.refresh(), deps.effective.refresh()]);
  const { counts, groups } = await nodesByState(deps.db, deps.effective.revision, deps.now());
  return [
    ...processGauges(),
    { name: 'outgate_agent_streams', help: 'Agent streams open on this server.', values: [{ value: agentStreams() }] },
    {
      name: 'outgate_live_streams',
      help: 'Browser streams open on this server.',
      values: [{ value: deps.hub.subscribers() - agentStreams() }],
    },
    {
      name: 'outgate_nodes',
      help: 'Nodes by state.',
      values: nodeStates.map((state) => ({ labels: { state }, value: counts[state] })),
    },
    {
      name: 'outgate_nodes_without_agent',
      help: 'Of the stale nodes, those that are meant to have an agent and never had one.',
      values: [
        { value: groups.reduce((sum, { is, hasAgent, nodes }) => sum + (is === 'Stale' && !hasAgent ? nodes : 0), 0) },
      ],
    },
    ...(deps.cluster === null ? [] : await clusterGauges(deps, deps.cluster)),
    { name: 'outgate_change_sequence', help: 'The last change.', values: [{ value: deps.state.sequence }] },
  ];
}

const PHASES = ['no-pools', 'starting', 'live', 'blind'] as const;

/** The watch and the pools are the same on every server; the leader is one of them. */
async function clusterGauges({ db, effective }: Deps, { election }: Cluster): Promise<readonly Gauge[]> {
  const [{ watch }, { sync: counts, refused }, settings, felix] = await Promise.all([
    readWatch(db),
    countPools(db),
    countSettingsSync(db),
    readLiveFelixes(db),
  ]);
  const problems = felixProblems(felix, effective.pools(), effective.settings);
  return [
    {
      name: 'outgate_cluster_watch',
      help: 'How the pools of the cluster are watched: 1 for the phase that it is in.',
      values: PHASES.map((one) => ({ labels: { phase: one }, value: one === watch?.phase ? 1 : 0 })),
    },
    {
      name: 'outgate_cluster_leader',
      help: 'Whether this server brings pools to the cluster: one of all does.',
      values: [{ value: election().role === 'leader' ? 1 : 0 }],
    },
    {
      name: 'outgate_pools',
      help: 'Our pools by how they stand in the cluster.',
      values: Object.entries(counts).map(([sync, value]) => ({ labels: { sync }, value })),
    },
    {
      name: 'outgate_pools_refused',
      help: 'Pools that are done with here, by what the cluster refuses: deletion of the object, or release of it from our name.',
      values: Object.entries(refused).map(([what, value]) => ({ labels: { what }, value })),
    },
    {
      name: 'outgate_felix_configurations',
      help: 'FelixConfigurations about which something is decided here, by how they stand in the cluster.',
      values: Object.entries(settings).map(([sync, value]) => ({ labels: { sync }, value })),
    },
    {
      name: 'outgate_felix_problems',
      help: 'Settings of the cluster by whether Felix stops on them; else it does not put them in force.',
      values: [true, false].map((stops) => ({
        labels: { stops: String(stops) },
        value: problems.filter((one) => one.stops === stops).length,
      })),
    },
  ];
}
