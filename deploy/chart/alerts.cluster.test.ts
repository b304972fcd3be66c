/** What the chart's alerts ask for. That a server tells each figure is tested with the server. */
import { expect, it } from 'vitest';
import { renderChart, specOf } from '../../e2e/cluster/chart.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';

const { helm } = sharedServer();

/** the expression of each that asks for this figure */
const asking = async (figure: string, values: object = {}): Promise<string[]> => {
  const objects = await renderChart(helm, { monitoring: { rules: true }, ...values });
  const { groups } = specOf(objects, 'PrometheusRule', /outgate/) as { groups: { rules: { expr: string }[] }[] };
  const all = groups.flatMap((group) => group.rules.map(({ expr }) => expr));
  return all.filter((expr) => expr.includes(`${figure}{`));
};

it('each state of nodes that needs somebody has one; a node that never had an agent has its own', async () => {
  const states = (await asking('outgate_nodes')).map((expr) => /state="(\w+)"/.exec(expr)?.[1]).sort();
  expect(states).toEqual(['Drifted', 'Failed', 'Pending', 'Stale']);
  expect(await asking('outgate_nodes_without_agent')).toEqual([
    'max(outgate_nodes{namespace="outgate",state="Stale"} - ignoring (state) outgate_nodes_without_agent{namespace="outgate"}) > 0',
    'max(outgate_nodes_without_agent{namespace="outgate"}) > 0',
  ]);
});

it('pools that are not read are told in every phase of the watch but the good one: a server may start blind', async () => {
  const [expr] = await asking('outgate_cluster_watch');
  expect(
    /phase=~"([^"]+)"/
      .exec(expr ?? '')?.[1]
      ?.split('|')
      .sort(),
  ).toEqual(['blind', 'no-pools', 'starting']);
});
