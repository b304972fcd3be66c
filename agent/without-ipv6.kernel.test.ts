/** A node whose kernel has IPv6 switched off. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cannotRun, type Namespace, namespace } from './testing/namespaces.ts';
import { manifests, once, workDir } from './testing/run-agent.ts';

const pools = { four: { cidr: '10.10.0.0/24', natOutgoing: true }, six: { cidr: 'fd10::/64', natOutgoing: true } };

describe.skipIf(cannotRun !== null)('a node without IPv6', () => {
  let node: Namespace;
  const dir = workDir();
  const args: string[] = [];
  beforeAll(() => {
    node = namespace('v4');
    node.run('ip addr add 192.0.2.1/32 dev lo');
    node.run('tee /proc/sys/net/ipv6/conf/all/disable_ipv6', '1');
    args.push('--source', `file:${dir.write('pools.json', manifests(pools))}`, '--node', 'n1');
    args.push('--netns', node.name, '--state-dir', dir.path);
  });
  afterAll(() => {
    node?.remove();
    dir.remove();
  });

  it('programs IPv4, reports the node without IPv6 addresses, and then has nothing to write', async () => {
    const report = await once(...args);
    expect(report.state).toBe('Programmed');
    expect(node.run('iptables-nft -t nat -S')).toContain('MASQUERADE');
    const addresses = report.facts?.interfaces.flatMap((one) => one.addresses) ?? [];
    expect(addresses.filter((one) => one.includes(':'))).toEqual([]);
    expect((await once(...args)).changed).toBe(false);
  });
});
