/** A node whose agent starts with the other iptables backend than the agent before it. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { cannotRun, type Namespace, namespace } from './testing/namespaces.ts';
import { manifests, once, workDir } from './testing/run-agent.ts';

const pools = { four: { cidr: '10.10.0.0/24', natOutgoing: true }, six: { cidr: 'fd10::/64', natOutgoing: true } };

describe.skipIf(cannotRun !== null).each([
  ['nft', 'legacy'],
  ['legacy', 'nft'],
])('from iptables-%s to iptables-%s', (before, after) => {
  const dir = workDir();
  let node: Namespace | undefined;
  afterEach(() => node?.remove());
  afterAll(() => dir.remove());

  it('our rules leave the old backend once the new one is proved, and rules of others stay', async () => {
    node = namespace('switch');
    const args = ['--source', `file:${dir.write('pools.json', manifests(pools))}`, '--node', 'n1'];
    args.push('--netns', node.name, '--state-dir', dir.path);
    const old = (): string[] => ['iptables', 'ip6tables'].map((tool) => node?.run(`${tool}-${before} -t nat -S`) ?? '');
    for (const tool of ['iptables', 'ip6tables']) {
      node.run(`${tool}-${before} -t nat -N FOREIGN`);
      node.run(`${tool}-${before} -t nat -A POSTROUTING -o nowhere -j FOREIGN`);
    }
    const bare = old();
    expect((await once(...args, '--backend', `iptables-${before}`)).state).toBe('Programmed');
    expect(old().every((text) => text.includes('-j OUTGATE-POSTROUTING'))).toBe(true);

    const first = await once(...args, '--backend', `iptables-${after}`);
    expect([first.state, first.changed]).toEqual(['Programmed', true]);
    expect(old()).toEqual(bare);
    for (const tool of ['iptables', 'ip6tables']) {
      expect(node.run(`${tool}-${after} -t nat -S`)).toMatch(/-j OUTGATE-POSTROUTING(?:.|\n)*MASQUERADE/);
    }
    expect((await once(...args, '--backend', `iptables-${after}`)).changed).toBe(false);
  });

  it('a chain that a rule of somebody else leads into is emptied, and the report says so', async () => {
    node = namespace('switch');
    const args = ['--source', `file:${dir.write('pools.json', manifests(pools))}`, '--node', 'n1'];
    args.push('--netns', node.name, '--state-dir', dir.path);
    expect((await once(...args, '--backend', `iptables-${before}`)).state).toBe('Programmed');
    node.run(`iptables-${before} -t nat -N FOREIGN`);
    node.run(`iptables-${before} -t nat -I POSTROUTING 1 -o nowhere -j FOREIGN`);
    node.run(`iptables-${before} -t nat -A FOREIGN -j OUTGATE-POSTROUTING`);
    const report = await once(...args, '--backend', `iptables-${after}`);
    expect(report.state).toBe('Programmed');
    expect(report.conditions.find(({ type }) => type === 'OtherBackend')).toMatchObject({ reason: 'CommandFailed' });
    expect(node.run(`iptables-${before} -t nat -S OUTGATE-POSTROUTING`)).toBe('-N OUTGATE-POSTROUTING\n');
  });
});
