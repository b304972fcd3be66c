/** What `/metrics` says beside the process itself: streams, nodes by state, and how far the changes are. */
import { nodeStates } from '../../core/wire/reasons.ts';
import { readNodes } from '../db/nodes.ts';
import type { Deps } from '../services/deps.ts';
import { nodeStateAt } from '../services/nodes/node-state.ts';
import { type Gauge, processGauges } from './metrics.ts';

export async function gauges(deps: Deps, agentStreams: () => number): Promise<readonly Gauge[]> {
  await Promise.all([deps.state.refresh(), deps.effective.refresh()]);
  const nodes = await readNodes(deps.db);
  const states = nodes.map((node) => nodeStateAt(node, deps.effective.revision, deps.now()).state);
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
      values: nodeStates.map((state) => ({
        labels: { state },
        value: states.filter((one) => one === state).length,
      })),
    },
    { name: 'outgate_change_sequence', help: 'The last change.', values: [{ value: deps.state.sequence }] },
  ];
}
