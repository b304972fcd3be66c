/** A programming that cannot be finished: NAT is what it was, and the report says why. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../core/wire/report.ts';
import { conditionList } from '../../conditions.ts';
import { type Exec, systemIn } from '../../exec.ts';
import { holdState, wantedOf } from '../../held-state.ts';
import { agentMetrics } from '../../metrics.ts';
import { reconciler } from '../../reconcile.ts';
import { type CrowdedNode, crowdedNode } from '../../testing/crowded-node.ts';
import { cannotRun, type Namespace } from '../../testing/namespaces.ts';
import { agentFile, once, startAgent } from '../../testing/run-agent.ts';
import { streamServer } from '../../testing/stream-server.ts';
import { iptablesDataplane } from './driver.ts';

describe.skipIf(cannotRun !== null).each(['iptables-nft', 'iptables-legacy'] as const)('%s', (backend) => {
  let crowd: CrowdedNode;
  let node: Namespace;
  beforeAll(() => {
    crowd = crowdedNode('not', backend);
    node = crowd.node;
  });
  afterAll(() => crowd?.remove());

  it('leaves NAT as it was when the rules cannot be written, and says why', async () => {
    const { exec, open } = systemIn(node.name);
    const failing: Exec = (command) =>
      command.file.endsWith('-restore') ? Promise.resolve({ code: 4, stdout: '', stderr: 'lock held' }) : exec(command);
    const dataplane = iptablesDataplane({ exec: failing, open }, backend, process.pid);
    expect((await crowd.run()).state).toBe('Programmed');
    const before = [node.run(`${crowd.tool(4)} -t nat -S`), crowd.members(), node.run('ipset list -name')];
    const changed = [{ name: 'new', spec: { cidr: '10.99.0.0/16', natOutgoing: true } }];
    const settings = {
      global: { natPortRange: '40000:50000', natOutgoingExclusions: 'IPPoolsAndHostIPs' as const },
      nodes: {},
    };
    const wanted = wantedOf(holdState(changed, settings, ['192.0.2.1']), 'n1');
    const four = (await dataplane.read()).families[4];
    if (four === undefined) throw new Error('IPv4 could not be read');
    const { failure } = await dataplane.apply(dataplane.plan(wanted[4], four));
    expect([failure?.reason, failure?.message.includes('lock held')]).toEqual(['CommandFailed', true]);
    expect([node.run(`${crowd.tool(4)} -t nat -S`), crowd.members(), node.run('ipset list -name')]).toEqual(before);
  });

  // sets know no backend: once is enough for the costly one
  if (backend === 'iptables-nft') {
    it('killed in the middle of a big rewrite leaves the old NAT; the next run converges and removes leftovers', async () => {
      const big = Array.from({ length: 100_000 }, (_, i) => ({
        name: `p-${i}`,
        spec: { cidr: `${11 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24`, natOutgoing: true },
      }));
      expect((await crowd.run()).state).toBe('Programmed');
      const server = await streamServer(big);
      const fromServer = [
        '--source',
        `server:${server.url}`,
        '--token-file',
        crowd.dir.write('token', 'test-token'),
        ...crowd.args,
      ];
      const before = [node.run(`${crowd.tool(4)} -t nat -S`), crowd.members()];
      agentFile();
      const agent = startAgent([...fromServer, '--once']);
      const end = Date.now() + 90_000;
      while (!/outgate-tmp-/.test(node.run('ipset list -name')) && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      agent.kill('SIGKILL');
      await agent.ended;
      // its last child may still be reading what was piped to it
      const sizes = () => node.run('ipset list -terse');
      for (let last = '', now = sizes(); now !== last; last = now, now = sizes()) {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      expect(node.run('ipset list -name')).toMatch(/outgate-tmp-/);
      expect([node.run(`${crowd.tool(4)} -t nat -S`), crowd.members()]).toEqual(before);
      const report = await once(...fromServer);
      await server.close();
      expect([report.state, report.families['4'].sets[0]?.members.length]).toEqual(['Programmed', 100_000]);
      expect(node.run('ipset list -name')).not.toMatch(/outgate-tmp-/);
      expect((await crowd.run()).state).toBe('Programmed');
    }, 180_000);
  }

  it('is not programmed while a node with IPv6 cannot program its IPv6 pools', async () => {
    const { exec, open } = systemIn(node.name);
    const without: Exec = (command) =>
      command.file.startsWith('ip6tables')
        ? Promise.resolve({ code: 127, stdout: '', stderr: 'no such tool' })
        : exec(command);
    const report = async (addresses: string[], pools: Parameters<typeof holdState>[0]): Promise<Report> => {
      const loop = reconciler({
        node: 'n1',
        dataplane: iptablesDataplane({ exec: without, open }, backend, process.pid),
        conditions: conditionList(() => new Date().toISOString()),
        metrics: agentMetrics('n1', backend),
        record: { read: () => undefined, write: () => undefined },
        facts: async () => ({ name: 'n1', interfaces: [{ name: 'up0', addresses }], routes: [] }),
        onReport: () => undefined,
      });
      await loop.state(holdState(pools, { global: {}, nodes: {} }, []), null);
      return loop.report();
    };
    const four = { name: 'four', spec: { cidr: '10.10.0.0/24', natOutgoing: true } };
    const six = { name: 'six', spec: { cidr: 'fd10::/64', natOutgoing: true } };
    const failed = await report(['192.0.2.1/24', '2001:db8::1/64'], [four, six]);
    expect([failed.state, failed.revision]).toEqual(['Failed', null]);
    const why = failed.conditions.find(({ type }) => type === 'Programmed');
    expect([why?.status, why?.reason]).toEqual(['False', 'ToolMissing']);
    expect((await report(['192.0.2.1/24', '2001:db8::1/64'], [four])).state).toBe('Programmed');
    const fourOnly = await report(['192.0.2.1/24', '::1/128'], [four, six]);
    expect(fourOnly.state).toBe('Programmed');
    expect(fourOnly.conditions.find(({ type }) => type === 'IPv6Available')?.status).toBe('False');
    expect((await crowd.run()).state).toBe('Programmed');
  });
});
