/** Connections that live while the state changes, and new ones while sets are rewritten under load. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDecider, simulate } from '../core/nat/simulate.ts';
import { systemIn } from './exec.ts';
import { readNodeFacts } from './node-facts.ts';
import { cannotRun, type Talker } from './testing/namespaces.ts';
import { type NodeLab, nodeLab } from './testing/node-lab.ts';
import { manifests, once, runAgent, startAgent, workDir } from './testing/run-agent.ts';
import { streamServer } from './testing/stream-server.ts';

const nat = { a: { cidr: '10.10.0.0/24', natOutgoing: true } };
const plain = { a: { cidr: '10.10.0.0/24' } };

describe.skipIf(cannotRun !== null)('live traffic', () => {
  let lab: NodeLab;
  const dir = workDir();
  const args: string[] = [];
  beforeAll(async () => {
    lab = nodeLab();
    args.push('--node', 'n1', '--netns', lab.node.name, '--state-dir', dir.path);
    await lab.outside.start('echo');
  });
  afterAll(() => {
    lab?.remove();
    dir.remove();
  });

  const program = async (pools: object, settings?: object): Promise<void> => {
    const file = dir.write('pools.json', manifests(pools as Record<string, object>, settings));
    expect((await once('--source', `file:${file}`, ...args)).state).toBe('Programmed');
  };
  const talk = (proto: string, from = '10.10.0.2', to = '8.8.8.8'): Promise<Talker> =>
    lab.podA.start('talk', proto, from, to, '7');
  const source = async (talker: Talker): Promise<string | undefined> => {
    talker.say('who');
    return (await talker.next(() => true))?.split(' ')[0];
  };
  const fresh = async (proto = 'udp', from?: string, to?: string): Promise<string | undefined> => {
    const talker = await talk(proto, from, to);
    const found = await source(talker);
    talker.stop();
    return found;
  };

  // stands first: nothing has used conntrack in this namespace yet
  it('the first nat rule of a bare node: live UDP is NATed at once, live TCP is reset', async () => {
    const [udp, tcp] = [await talk('udp'), await talk('tcp')];
    expect([await source(udp), await source(tcp)]).toEqual(['10.10.0.2', '10.10.0.2']);
    await program(nat);
    expect(await source(udp)).toBe('192.0.2.1');
    expect(await source(tcp)).toMatch(/closed|none/);
    expect([await fresh('udp'), await fresh('tcp')]).toEqual(['192.0.2.1', '192.0.2.1']);
  });

  it('existing connections keep their source, new ones follow, conntrack -D moves them', async () => {
    await program(nat);
    const [udp, tcp] = [await talk('udp'), await talk('tcp')];
    expect([await source(udp), await source(tcp)]).toEqual(['192.0.2.1', '192.0.2.1']);
    await program(plain);
    expect([await source(udp), await source(tcp), await fresh()]).toEqual(['192.0.2.1', '192.0.2.1', '10.10.0.2']);
    lab.node.run('conntrack -D -s 10.10.0.2');
    expect(await source(udp)).toBe('10.10.0.2');
    expect(await source(tcp)).toMatch(/closed|none/);

    const [udp2, tcp2] = [await talk('udp'), await talk('tcp')];
    expect([await source(udp2), await source(tcp2)]).toEqual(['10.10.0.2', '10.10.0.2']);
    await program(nat);
    expect([await source(udp2), await source(tcp2), await fresh()]).toEqual(['10.10.0.2', '10.10.0.2', '192.0.2.1']);
  });

  it('toggles in a running agent change new connections alone', async () => {
    const server = await streamServer([{ name: 'a', spec: nat.a }]);
    const agent = startAgent([
      '--source',
      `server:${server.url}`,
      '--token-file',
      dir.write('token', 'test-token'),
      ...args,
    ]);
    await server.reported((report) => report.state === 'Programmed');
    const kept = await talk('tcp');
    expect(await source(kept)).toBe('192.0.2.1');
    for (const natOutgoing of [false, true, false, true]) {
      const revision = server.change([{ name: 'a', spec: { cidr: '10.10.0.0/24', natOutgoing } }]);
      await server.reported((report) => report.revision === revision);
      expect([await fresh('udp'), await fresh('tcp'), await source(kept)]).toEqual([
        ...(natOutgoing ? ['192.0.2.1', '192.0.2.1'] : ['10.10.0.2', '10.10.0.2']),
        '192.0.2.1',
      ]);
    }
    agent.kill('SIGTERM');
    expect((await agent.ended).code).toBe(0);
    await server.close();
    expect(await fresh()).toBe('192.0.2.1');
  });

  it.each([
    ['an exempt destination', { ...nat, x: { cidr: '8.8.0.0/16', disabled: true } }, undefined, '10.10.0.2'],
    [
      'a pool for load balancers alone',
      { ...nat, x: { cidr: '8.8.8.0/24', allowedUses: ['LoadBalancer'] } },
      undefined,
      '192.0.2.1',
    ],
    [
      'an inner pool without NAT',
      { out: { cidr: '10.10.0.0/16', natOutgoing: true }, in: plain.a },
      undefined,
      '192.0.2.1',
    ],
    ['identical CIDRs, the lowest name without NAT', { a: plain.a, b: nat.a }, undefined, '10.10.0.2'],
    ['identical CIDRs, the lowest name with NAT', { a: nat.a, b: plain.a }, undefined, '192.0.2.1'],
    ['a fixed address', nat, { natOutgoingAddress: '203.0.113.1' }, '203.0.113.1'],
    ['a filter that fits', nat, { iptablesNATOutgoingInterfaceFilter: 'up+' }, '192.0.2.1'],
    ['a filter that does not fit', nat, { iptablesNATOutgoingInterfaceFilter: 'eth0' }, '10.10.0.2'],
  ])('%s', async (_what, pools, settings, expected) => {
    await program(pools, settings);
    expect([await fresh('udp'), await fresh('tcp')]).toEqual([expected, expected]);
  });

  it('node addresses are exempt with IPPoolsAndHostIPs alone', async () => {
    const file = dir.write('hosts.json', '');
    for (const [exclusions, expected] of [
      ['IPPoolsAndHostIPs', '10.10.0.2'],
      ['IPPoolsOnly', '192.0.2.1'],
    ] as const) {
      const list = JSON.parse(manifests(nat, { natOutgoingExclusions: exclusions })) as { items: object[] };
      const status = { addresses: [{ type: 'InternalIP', address: '192.0.2.2' }] };
      list.items.push({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n2' }, status });
      dir.write('hosts.json', JSON.stringify(list));
      expect((await once('--source', `file:${file}`, ...args)).state).toBe('Programmed');
      expect([await fresh('udp', '10.10.0.2', '192.0.2.2'), await fresh()]).toEqual([expected, '192.0.2.1']);
    }
    expect(lab.node.run('ipset list -name')).not.toContain('outgate-nodes-v4');
  });

  it('IPv6: NATed to the node, or not', async () => {
    const six = (natOutgoing: boolean) => ({ six: { cidr: 'fd10::/64', natOutgoing } });
    await program(six(true));
    const flow = { from: 'fd10::2', to: '2001:4860::8888', proto: 'tcp', port: 7 };
    const pools = [{ name: 'six', spec: six(true).six }];
    const facts = await readNodeFacts(systemIn(lab.node.name).exec, 'n1');
    const said = simulate(makeDecider({ pools, settings: {}, hosts: [] }), flow, facts ?? undefined);
    const seen = await fresh('tcp', flow.from, flow.to);
    expect(seen).toMatch(/^2001:db8:[12]::1$/);
    expect(said.ok && said.value.source.address).toBe(seen);
    await program(six(false));
    expect(await fresh('tcp', 'fd10::2', '2001:4860::8888')).toBe('fd10::2');
  });

  it('counts the connections NATed for a pool', async () => {
    await program(nat);
    const counted = async (): Promise<number> => {
      const report = await once('--source', `file:${dir.path}/pools.json`, ...args);
      return Number(report.families['4'].sets.find(({ name }) => name === 'outgate-src-v4')?.members[0]?.packets);
    };
    const before = await counted();
    for (let i = 0; i < 5; i++) await fresh();
    await fresh('udp', '10.10.0.2', '10.20.0.2').catch(() => undefined);
    expect((await counted()) - before).toBe(6);
  });

  it('no new connection leaves without NAT while 5,000 members are rewritten again and again', async () => {
    const many = (second: number) =>
      Array.from({ length: 5000 }, (_, i) => ({
        name: `p-${second}-${i}`,
        spec: { cidr: `${second}.${i >> 8}.${i & 255}.0/24`, natOutgoing: true },
      }));
    const server = await streamServer([{ name: 'a', spec: nat.a }]);
    const agent = startAgent([
      '--source',
      `server:${server.url}`,
      '--token-file',
      dir.write('token', 'test-token'),
      ...args,
    ]);
    await server.reported((report) => report.state === 'Programmed');
    const sniffer = await lab.outside.start('sniff');
    const flood = await lab.podA.start('flood', '10.10.0.2', '9.9.9.9', '7777', 'load');
    for (const [add, remove] of [
      [many(21), []],
      [many(22), many(21)],
      [[], many(22)],
    ] as const) {
      const revision = server.change(
        add,
        remove.map(({ name }) => name),
      );
      expect((await server.reported((report) => report.revision === revision)).state).toBe('Programmed');
    }
    flood.stop();
    agent.kill('SIGTERM');
    await agent.ended;
    await server.close();
    const sent = sniffer.lines.filter((line) => / load-\d+$/.test(line));
    expect(sent.length).toBeGreaterThan(500);
    expect(sent.filter((line) => !line.startsWith('203.0.113.1 '))).toEqual([]);
  });

  // the table's own chain stays when our rules go, so what was translated still is: unlike an own nft table, deleted
  it.each([
    ['nothing else uses conntrack', [], '10.10.0.2', /closed|none/],
    ['filter rules use conntrack', ['filter -A FORWARD -m conntrack --ctstate INVALID'], '192.0.2.1', /^192\.0\.2\.1$/],
    [
      'somebody else translates',
      ['nat -A PREROUTING -s 198.51.100.9 -j DNAT --to-destination 10.10.1.2'],
      '192.0.2.1',
      /^192\.0\.2\.1$/,
    ],
  ])('cleanup where %s: what it means to live UDP and TCP', async (_what, others, udpThen, tcpThen) => {
    for (const one of others) lab.node.run(`iptables-nft -t ${one}`);
    await program(nat);
    const [udp, tcp] = [await talk('udp'), await talk('tcp')];
    expect([await source(udp), await source(tcp)]).toEqual(['192.0.2.1', '192.0.2.1']);
    expect((await runAgent('--cleanup', '--netns', lab.node.name)).code).toBe(0);
    const then = [await source(udp), await source(tcp)];
    const after = [await fresh('udp'), await fresh('tcp')];
    for (const one of others) lab.node.run(`iptables-nft -t ${one.replace('-A', '-D')}`);
    expect([then[0], then[1], after]).toEqual([udpThen, expect.stringMatching(tcpThen), ['10.10.0.2', '10.10.0.2']]);
  });
});
