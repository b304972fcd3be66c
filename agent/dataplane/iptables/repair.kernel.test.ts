/** Whatever others do to what is ours is put right and said; what is theirs stays byte for byte. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAIN, type CrowdedNode, crowdedNode, drift } from '../../testing/crowded-node.ts';
import { cannotRun, type Namespace } from '../../testing/namespaces.ts';

describe.skipIf(cannotRun !== null).each(['iptables-nft', 'iptables-legacy'] as const)('%s', (backend) => {
  let crowd: CrowdedNode;
  let node: Namespace;
  beforeAll(async () => {
    crowd = crowdedNode('rep', backend);
    node = crowd.node;
    await crowd.run();
  });
  afterAll(() => crowd?.remove());

  const rule = (family: 4 | 6) =>
    node
      .run(`${crowd.tool(family)} -t nat -S ${CHAIN}`)
      .split('\n')[1]
      ?.slice(3) ?? '';
  const member = (family: 4 | 6): string => (family === 4 ? '10.10.0.0/24' : 'fd10::/64');
  it.each<[string, string[], (family: 4 | 6) => void]>([
    ['a deleted rule', ['RuleMissing'], (f) => node.run(`${crowd.tool(f)} -t nat -D ${CHAIN} 1`)],
    ['a flushed chain', ['RuleMissing'], (f) => node.run(`${crowd.tool(f)} -t nat -F ${CHAIN}`)],
    [
      'a removed chain',
      ['JumpMissing', 'RuleMissing'],
      (f) => {
        node.run(`${crowd.tool(f)} -t nat -D POSTROUTING 2`);
        node.run(`${crowd.tool(f)} -t nat -F ${CHAIN}`);
        node.run(`${crowd.tool(f)} -t nat -X ${CHAIN}`);
      },
    ],
    [
      'a rule changed under its own comment',
      ['RuleChanged'],
      (f) => {
        const text = rule(f)
          .replace(/ -j .*/, ' -j ACCEPT')
          .replaceAll('"', '');
        node.run(`${crowd.tool(f)} -t nat -R ${CHAIN} 1 ${text.split(' ').slice(1).join(' ')}`);
      },
    ],
    ['a duplicated rule', ['RuleExtra'], (f) => node.run(`${crowd.tool(f)} -t nat -A ${rule(f).replaceAll('"', '')}`)],
    ['a foreign rule in our chain', ['RuleExtra'], (f) => node.run(`${crowd.tool(f)} -t nat -I ${CHAIN} 1 -j RETURN`)],
    ['a lost jump', ['JumpMissing'], (f) => node.run(`${crowd.tool(f)} -t nat -D POSTROUTING 2`)],
    ['a duplicated jump', ['JumpDuplicated'], (f) => node.run(`${crowd.tool(f)} -t nat -A POSTROUTING -j ${CHAIN}`)],
    [
      'a jump that is not last',
      ['JumpNotLast'],
      (f) => {
        node.run(`${crowd.tool(f)} -t nat -D POSTROUTING 1`);
        node.run(`${crowd.tool(f)} -t nat -A POSTROUTING -s ${f === 4 ? '198.51.100.9' : 'fd99::1'} -j FOREIGN`);
      },
    ],
    ['a missing member', ['MissingSetMember'], (f) => node.run(`ipset del outgate-src-v${f} ${member(f)}`)],
    ['a flushed set', ['MissingSetMember'], (f) => node.run(`ipset flush outgate-exempt-v${f}`)],
    [
      'an extra member',
      ['ExtraSetMember'],
      (f) => node.run(`ipset add outgate-exempt-v${f} ${f === 4 ? '8.8.0.0/16' : 'fd77::/64'}`),
    ],
    [
      'a member turned round',
      ['ExtraSetMember', 'MissingSetMember'],
      (f) => {
        node.run(`ipset del outgate-exempt-v${f} ${member(f)}`);
        node.run(`ipset add outgate-exempt-v${f} ${member(f)} nomatch`);
      },
    ],
    [
      'a destroyed set',
      ['RuleMissing', 'SetMissing'],
      (f) => {
        node.run(`${crowd.tool(f)} -t nat -F ${CHAIN}`);
        node.run(`ipset destroy outgate-src-v${f}`);
      },
    ],
    [
      'a set without counters, too small',
      ['SetChanged'],
      (f) => {
        const family = f === 4 ? 'inet' : 'inet6';
        node.run(`ipset create swapped hash:net family ${family}`);
        node.run(`ipset add swapped ${member(f)}`);
        if (f === 4) node.run('ipset add swapped 10.10.2.7');
        node.run(`ipset swap swapped outgate-src-v${f}`);
        node.run('ipset destroy swapped');
      },
    ],
    [
      'a set of another type',
      ['SetChanged'],
      (f) => {
        const text = rule(f).replaceAll('"', '');
        node.run(`${crowd.tool(f)} -t nat -F ${CHAIN}`);
        node.run(`ipset destroy outgate-src-v${f}`);
        node.run(`ipset create outgate-src-v${f} hash:ip family ${f === 4 ? 'inet' : 'inet6'}`);
        node.run(`${crowd.tool(f)} -t nat -A ${text}`);
      },
    ],
  ])('repairs %s and says so', async (_what, reasons, damage) => {
    const before = [
      crowd.foreign(),
      node.run(`${crowd.tool(4)} -t nat -S`),
      node.run(`${crowd.tool(6)} -t nat -S`),
      crowd.members(),
    ];
    for (const family of [4, 6] as const) {
      damage(family);
      const report = await crowd.run();
      expect([report.state, report.changed, drift(report)]).toEqual(['Programmed', true, reasons]);
      expect([
        crowd.foreign(),
        node.run(`${crowd.tool(4)} -t nat -S`),
        node.run(`${crowd.tool(6)} -t nat -S`),
        crowd.members(),
      ]).toEqual(before);
    }
    expect((await crowd.run()).changed).toBe(false);
  });
});
