/** `--cleanup` removes what is ours, and that alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAIN, type CrowdedNode, crowdedNode } from '../../testing/crowded-node.ts';
import { cannotRun, type Namespace } from '../../testing/namespaces.ts';
import { runAgent } from '../../testing/run-agent.ts';

describe.skipIf(cannotRun !== null).each(['iptables-nft', 'iptables-legacy'] as const)('%s', (backend) => {
  let crowd: CrowdedNode;
  let node: Namespace;
  beforeAll(() => {
    crowd = crowdedNode('cln', backend);
    node = crowd.node;
  });
  afterAll(() => crowd?.remove());

  it('cannot remove a chain that a rule of somebody else leads into: NAT ends all the same, and it says so', async () => {
    expect((await crowd.run()).state).toBe('Programmed');
    node.run(`${crowd.tool(4)} -t nat -A FOREIGN -j ${CHAIN}`);
    const refused = await runAgent('--cleanup', '--netns', node.name);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('it is empty now')]);
    expect(node.run('ipset list -name')).not.toMatch(/outgate-(src|exempt|nodes)-/);
    const left = node.run(`${crowd.tool(4)} -t nat -S`).split('\n');
    expect(left.filter((line) => line.includes(CHAIN))).toEqual([`-N ${CHAIN}`, `-A FOREIGN -j ${CHAIN}`]);
    node.run(`${crowd.tool(4)} -t nat -D FOREIGN -j ${CHAIN}`);
    expect((await runAgent('--cleanup', '--netns', node.name)).code).toBe(0);
    expect((await crowd.run()).state).toBe('Programmed');
  });

  it('cleans up exactly what is ours, twice', async () => {
    node.run('ipset create outgate-tmp-1-src-v4 hash:net');
    const before = crowd.foreign();
    for (let i = 0; i < 2; i++) {
      const { code, stderr } = await runAgent('--cleanup', '--netns', node.name);
      expect([code, stderr.includes('removed')]).toEqual([0, i === 0]);
      expect(crowd.foreign()).toBe(before);
    }
    expect(node.run('ipset list -name')).toBe('foreign-set\noutgate-other\n');
    for (const one of ['iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy']) {
      expect(node.run(`${one}-save`)).not.toMatch(/OUTGATE|outgate/);
    }
  });
});
