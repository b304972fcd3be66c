/** What Prometheus makes of the dashboard, from what a real server and an agent's figures say: each panel shows something. */
import { expect, it } from 'vitest';
import { conditionList } from '../../agent/conditions.ts';
import { agentMetrics } from '../../agent/metrics.ts';
import { setName } from '../../core/rules/model.ts';
import { parseIpsetSave } from '../../core/rules/parse-ipset.ts';
import { testsWith } from '../../e2e/cluster/binaries/own-program.ts';
import { chartPanels } from '../../e2e/cluster/chart.ts';
import { sharedServer } from '../../e2e/cluster/shared-server.ts';
import { serverOfFile } from '../../server/testing/file-server.ts';
import { withCluster } from '../../server/testing/test-server.ts';
import { ask, EVERY, prometheus } from './prometheus.ts';
import { scraped } from './scraped.ts';

const cluster = sharedServer();
const server = serverOfFile(withCluster(cluster.kubeconfig));

/** What an agent says after each round: the source set has counted so many connections, and one more difference was found. */
function agentTexts(counted: readonly number[]): string[] {
  const metrics = agentMetrics('a', 'iptables-nft');
  const name = setName('src', 4);
  return counted.map((packets) => {
    const saved = `create ${name} hash:net family inet counters\nadd ${name} 10.1.0.0/16 packets ${packets} bytes 0\n`;
    const sets = new Map(parseIpsetSave(saved).map((set) => [set.name, set]));
    const family = { family: 4, chain: null, postrouting: [], sets, leftovers: [] } as const;
    metrics.round(0.1, { families: { 4: family }, unavailable: {} });
    metrics.drift([{ reason: 'RuleMissing', message: 'a rule is missing' }]);
    metrics.written({ wrote: false, failures: 0, proved: true });
    return metrics.text(conditionList(() => ''));
  });
}

testsWith(await prometheus(), (program) => {
  it('every panel is accepted, has a value, and each has the labels that its legend shows', async () => {
    const texts = [];
    for (let i = 0; i < 3; i++) texts.push(await (await fetch(`${server.address}/metrics`)).text());
    const panels = await chartPanels(cluster.helm);
    expect(panels.length).toBeGreaterThan(10);
    const { expressions } = await ask(program, {
      targets: [
        scraped('server-0', texts),
        scraped('agent-a', agentTexts([10, 40, 70]), { service: 'outgate-agent-metrics' }),
      ],
      expressions: panels.map(({ expr }) => expr),
      at: 2 * EVERY,
    });
    for (const [i, { expr, legend }] of panels.entries()) {
      const { error, values = [] } = expressions[i] ?? {};
      expect([error, values.length > 0], expr).toEqual([undefined, true]);
      for (const { labels, value } of values) {
        expect(Object.keys(labels), expr).toEqual(expect.arrayContaining(legend));
        expect(Number(value), expr).not.toBeNaN();
      }
    }
  });
});
