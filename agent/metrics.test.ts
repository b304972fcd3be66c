import { expect, it } from 'vitest';
import { conditionList } from './conditions.ts';
import { agentMetrics } from './metrics.ts';

it('the last success is when the kernel was as wanted: to write without an error is not enough', () => {
  const metrics = agentMetrics('n', 'iptables-nft');
  const success = () =>
    Number(/^outgate_agent_last_success_timestamp_seconds (\S+)$/m.exec(metrics.text(conditionList(() => '')))?.[1]);
  metrics.written({ wrote: true, failures: 0, proved: false });
  expect(success()).toBe(0);
  metrics.written({ wrote: false, failures: 0, proved: true });
  expect(success()).toBeGreaterThan(0);
});
