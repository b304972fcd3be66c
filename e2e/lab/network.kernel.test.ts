import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeWithUs } from '../../agent/testing/remove-with-us.ts';
import { type Echo, startEcho } from './echo.ts';
import { listNamespaces, makeNetwork, removeNetwork } from './network.ts';
import { labPlan, namespacesOf } from './plan.ts';
import { answering, sendProbe } from './probe.ts';
import { run } from './run.ts';

const plan = labPlan(`oglab${process.pid}`);
const echoes: Echo[] = [];

const source = async (from: string, to: string, proto: 'tcp' | 'udp' = 'tcp') => {
  const result = await sendProbe(plan, { from, to, proto });
  return 'source' in result ? result.source.address : result.error;
};

describe('the lab network', () => {
  beforeAll(async () => {
    for (const namespace of namespacesOf(plan)) removeWithUs(namespace);
    await makeNetwork(plan);
    const outside = plan.outside.targets.flatMap((target) => target.addresses);
    echoes.push(await startEcho(plan.outside.namespace, [plan.outside.v4, plan.outside.v6, ...outside]));
    for (const pod of plan.pods) echoes.push(await startEcho(pod.namespace, pod.addresses));
  });

  afterAll(async () => {
    for (const echo of echoes) echo.close();
    await removeNetwork(plan);
    const left = (await listNamespaces()).filter((name) => namespacesOf(plan).includes(name));
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  });

  test('without NAT every target sees the pod itself, on TCP and UDP', async () => {
    for (const pod of plan.pods) {
      for (const to of answering(plan)) {
        const own = pod.addresses.find((address) => address.includes(':') === to.includes(':'));
        if (own === undefined) continue;
        expect(await source(pod.name, to), `${pod.name} to ${to}`).toBe(own);
      }
      expect(await source(pod.name, '198.51.100.10', 'udp')).toBe(pod.addresses[0]);
    }
  });

  test('masquerading on a node gives the address of the node, and only on that node', async () => {
    const [node1] = plan.nodes;
    if (node1 === undefined) throw new Error('the plan has no node');
    for (const iptables of ['iptables', 'ip6tables']) {
      await run('ip', [
        'netns',
        'exec',
        node1.namespace,
        iptables,
        '-w',
        '5',
        '-t',
        'nat',
        '-A',
        'POSTROUTING',
        '-o',
        'up0',
        '-j',
        'MASQUERADE',
      ]);
    }
    expect(await source('pod-1a', '198.51.100.10')).toBe('192.0.2.11');
    expect(await source('pod-1a', '2001:db8:f::10')).toBe('2001:db8:1::11');
    expect(await source('pod-2a', '198.51.100.10')).toBe('192.168.2.10');
  });

  test('a port that nobody opened is an error with its reason', async () => {
    expect(await sendProbe(plan, { from: 'pod-1b', to: '2001:db8:f::10', proto: 'tcp' })).toEqual({
      error: 'pod-1b has no IPv6 address',
    });
    expect(await source('pod-1a', '198.51.100.99')).toMatch(/ENETUNREACH|EHOSTUNREACH|no answer|ECONNREFUSED/);
  });

  test('making it again starts from nothing', async () => {
    const [node1] = plan.nodes;
    if (node1 === undefined) throw new Error('the plan has no node');
    for (const echo of echoes.splice(0)) echo.close();
    await makeNetwork(plan);
    const rules = await run('ip', ['netns', 'exec', node1.namespace, 'iptables', '-t', 'nat', '-S', 'POSTROUTING']);
    expect(rules.trim()).toBe('-P POSTROUTING ACCEPT');
  });
});
