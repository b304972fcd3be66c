/**
 * Every flow of core/nat/fixtures/flows.json as a real packet through a kernel that the agent programmed, beside what the simulator and
 * the tracer said. J7 and J8 say that the NAT chain of the lowest priority decides: ours stands at 100, so it is the chain of
 * others that stands behind it (101) or before it (99).
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { settingsFor } from '../core/nat/settings.ts';
import { makeDecider, simulate } from '../core/nat/simulate.ts';
import type { Flow } from '../core/nat/verdict.ts';
import { traceFlow } from '../core/rules/trace.ts';
import type { Report } from '../core/wire/report.ts';
import { systemIn } from './exec.ts';
import { readNodeFacts } from './node-facts.ts';
import { cannotRun, type Namespace, type Talker } from './testing/namespaces.ts';
import { type NodeLab, nodeLab } from './testing/node-lab.ts';
import { manifests, once, workDir } from './testing/run-agent.ts';

const fixture = z
  .object({
    pools: z.array(z.object({ cidr: z.string(), natOutgoing: z.boolean() })),
    flows: z.array(
      z.object({
        id: z.string(),
        src: z.string(),
        dst: z.string(),
        expectNat: z.boolean(),
        expectSource: z.string().nullable(),
        proto: z.string().default('udp'),
        ctstate: z.string().optional(),
        untracked: z.boolean().optional(),
        flags: z.string().optional(),
        why: z.string(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../core/nat/fixtures/flows.json', import.meta.url), 'utf8')));

/** What must be so around single flows, and what takes it away again. */
const around: Readonly<Record<string, { set: readonly string[]; unset: readonly string[] }>> = {
  G10: {
    set: ['ip addr del 198.51.100.1/24 dev up1', 'ip route replace 1.1.1.1 via 198.51.100.2 dev up1 onlink'],
    unset: ['ip addr add 198.51.100.1/24 dev up1', 'ip route replace 1.1.1.1 via 198.51.100.2 dev up1'],
  },
  I1: natRule('PREROUTING -d 10.96.0.10 -p udp --dport 53 -j DNAT --to-destination 10.10.1.2:7777'),
  I2: natRule('PREROUTING -d 10.10.1.77 -p udp --dport 53 -j DNAT --to-destination 8.8.8.8:7777'),
  F6: {
    set: ['iptables-nft -t raw -A PREROUTING -s 10.10.0.2 -j CT --notrack'],
    unset: ['iptables-nft -t raw -F PREROUTING'],
  },
  J4: {
    set: ['iptables-nft -t nat -I POSTROUTING 1 -j SNAT --to-source 192.0.2.11'],
    unset: ['iptables-nft -t nat -D POSTROUTING 1'],
  },
  J9: {
    set: [
      'iptables-nft -t nat -I POSTROUTING 1 -j ACCEPT',
      'iptables-legacy -t nat -I POSTROUTING 1 -j SNAT --to-source 192.0.2.11',
    ],
    unset: ['iptables-nft -t nat -D POSTROUTING 1', 'iptables-legacy -t nat -D POSTROUTING 1'],
  },
  J7: nftSource(101),
  J8: nftSource(99),
  M2: {
    set: [
      'ip link add vx0 type vxlan id 42 local 192.0.2.1 remote 192.0.2.2 dstport 4789',
      'ip addr add 10.10.200.1/32 dev vx0',
      'ip link set vx0 up',
      'ip route add 10.99.0.5 dev vx0',
      'ip neigh add 10.99.0.5 lladdr 02:00:00:00:00:01 dev vx0',
    ],
    unset: ['ip link del vx0'],
  },
};
function natRule(rule: string) {
  return { set: [`iptables-nft -t nat -A ${rule}`], unset: [`iptables-nft -t nat -D ${rule}`] };
}
function nftSource(priority: number) {
  const chain = `chain ip others post { type nat hook postrouting priority ${priority} ; }`;
  const rule = 'rule ip others post ip saddr 10.10.0.2 snat to 192.0.2.11';
  return {
    set: ['table ip others', chain, rule].map((what) => `nft add ${what}`),
    unset: ['nft delete table ip others'],
  };
}

/** Flows with their own test below. */
const apart = new Set(['C1', 'K2', 'K8']);
const plain = fixture.flows.filter(({ id }) => !apart.has(id));
const pools = fixture.pools.map((spec, i) => ({ name: `pool-${i}`, spec }));
const addressOf = (text: string): string => /^(?:\d+(?:\.\d+){3}|[\da-f:]+)/.exec(text)?.[0] ?? '';

describe.skipIf(cannotRun !== null)('flows on the kernel', () => {
  let lab: NodeLab;
  const dir = workDir();
  const sniffers: Talker[] = [];
  const args: string[] = [];
  let report: Report;

  beforeAll(async () => {
    lab = nodeLab();
    args.push('--node', 'n1', '--netns', lab.node.name, '--state-dir', dir.path, '--backend', 'iptables-nft');
    const file = dir.write('pools.json', manifests(Object.fromEntries(pools.map(({ name, spec }) => [name, spec]))));
    report = await once('--source', `file:${file}`, ...args);
    expect(report.state).toBe('Programmed');
    lab.outside.run('ip link add vx0 type vxlan id 42 local 192.0.2.2 remote 192.0.2.1 dstport 4789');
    lab.outside.run('ip link set vx0 address 02:00:00:00:00:01 up');
    lab.outside.run('ip addr add 10.99.0.5/32 dev vx0');
    for (const one of [lab.outside, lab.podA, lab.podB, lab.podC, lab.node]) sniffers.push(await one.start('sniff'));
  });
  afterAll(() => {
    lab?.remove();
    dir.remove();
  });

  const hostOf = (address: string): Namespace => {
    if (/^10\.10\.0\.[23]$|^fd10:0?:?:2$/.test(address)) return lab.podA;
    if (/^10\.10\.1\.2$|^fd10:1::2$/.test(address)) return lab.podB;
    if (address === '10.20.0.2') return lab.podC;
    return address === '10.10.0.254' ? lab.node : lab.outside;
  };
  /** The packet with that text as it came in anywhere but at its own node's pod side. */
  const seen = async (
    text: string,
    inNode = false,
    answerFrom = '',
  ): Promise<{ source: string; port: number } | undefined> => {
    const talkers = inNode ? sniffers.slice(4) : sniffers.slice(0, 4);
    const found = await Promise.any(
      talkers.map(async (talker) => {
        const line = await talker.next((one) => one.endsWith(` ${text}`) && !one.startsWith(`${answerFrom} `), 15_000);
        if (line === undefined) throw new Error('not here');
        return line;
      }),
    ).catch(() => undefined);
    const [source = '', , , port = ''] = found?.split(' ') ?? [];
    return found === undefined ? undefined : { source, port: Number(port) };
  };
  const send = (flow: (typeof plain)[number], text: string): void => {
    const from = addressOf(flow.src);
    const to = addressOf(flow.dst);
    const port = /:(\d+)(?= |$)/.exec(flow.dst)?.[1] ?? '7777';
    if (flow.proto === 'udp') hostOf(from).packets('udp', from, '0', to, to.includes(':') ? '7777' : port, text);
    else hostOf(from).packets('raw', flow.proto, flow.flags ?? '-', from, to, '7777', text);
  };

  it.each(plain)('$id: $src -> $dst ($why)', async (flow) => {
    const from = addressOf(flow.src);
    const local = flow.id.startsWith('B1') || flow.id === 'L6';
    for (const line of around[flow.id]?.set ?? []) lab.node.run(line);
    lab.node.tries('conntrack -F');
    const facts = await readNodeFacts(systemIn(lab.node.name).exec, 'n1');
    send(flow, `flow-${flow.id}`);
    const got = await seen(`flow-${flow.id}`, local, addressOf(flow.dst));
    for (const line of around[flow.id]?.unset ?? []) lab.node.run(line);
    expect(got?.source).toBe(flow.expectNat ? flow.expectSource : from.replace('fd10:0::', 'fd10::'));

    // rules of others are known to nobody beforehand, and hostless traffic is the tracer's question as well
    const resolved = /-> DNAT ([0-9.]+)/.exec(flow.dst)?.[1];
    const asked: Flow = {
      from,
      to: addressOf(flow.dst),
      proto: flow.proto,
      ...(flow.proto === 'udp' || flow.proto === 'tcp' ? { port: 7777 } : {}),
      ...(resolved === undefined ? {} : { resolvedTo: resolved }),
      ...(flow.ctstate === 'INVALID' || flow.id === 'F5' ? { state: 'invalid' } : {}),
      ...(flow.untracked ? { state: 'untracked' } : {}),
    };
    const decider = makeDecider({ pools, settings: settingsFor({ global: {}, nodes: {} }, 'n1'), hosts: [] });
    const said = simulate(decider, asked, facts ?? undefined);
    const traced = traceFlow(report.families[from.includes(':') ? '6' : '4'], asked, facts ?? undefined);
    if (!said.ok || !traced.ok) throw new Error(JSON.stringify([said, traced]));
    expect(traced.value.code).toBe(said.value.code);
    // a rule of others decided; desired state does not know it
    if (['J4', 'J8', 'J9'].includes(flow.id)) return;
    if (said.value.verdict === 'INDETERMINATE') expect(flow.id).toBe('H2');
    else
      expect([flow.id, said.value.verdict, said.value.source.address]).toEqual([
        flow.id,
        flow.expectNat ? 'SNAT' : 'NO_SNAT',
        flow.expectNat ? flow.expectSource : null,
      ]);
  });

  it('J4: what is read back while that rule stands is not taken for a decision of ours', async () => {
    for (const line of around['J4']?.set ?? []) lab.node.run(line);
    const now = await once('--source', `file:${dir.path}/pools.json`, ...args);
    for (const line of around['J4']?.unset ?? []) lab.node.run(line);
    expect([now.state, now.foreign.map(({ text }) => text)]).toEqual([
      'Programmed',
      ['-A POSTROUTING -j SNAT --to-source 192.0.2.11'],
    ]);
    const traced = traceFlow(now.families['4'], { from: '10.10.0.2', to: '8.8.8.8', proto: 'udp', port: 7777 });
    expect(traced.ok && traced.value.code).toBe('INDETERMINATE_FOREIGN_RULE');
  });

  it('C1: a reply keeps the source that the request was sent to', async () => {
    const echo = await lab.podA.start('echo');
    const talk = await lab.outside.start('talk', 'udp', '192.0.2.2', '10.10.0.2', '7');
    talk.say('hello');
    expect(await talk.next(() => true)).toBe(`192.0.2.2 ${/ (\d+)$/.exec(talk.lines[1] ?? '')?.[1]}`);
    echo.stop();
  });

  it('K2: two flows from the same port leave from two', async () => {
    lab.podA.packets('udp', '10.10.0.2', '5555', '8.8.8.8', '7777', 'first');
    lab.podA.packets('udp', '10.10.0.3', '5555', '8.8.8.8', '7777', 'second');
    const [first, second] = [await seen('first'), await seen('second')];
    expect([first?.source, second?.source]).toEqual(['192.0.2.1', '192.0.2.1']);
    expect(first?.port).not.toBe(second?.port);
  });

  it('K8: with ten ports the eleventh flow is dropped, not passed with its own source', async () => {
    const all = Object.fromEntries(pools.map(({ name, spec }) => [name, spec]));
    const file = dir.write('ranged.json', manifests(all, { natPortRange: '40000:40009' }));
    const ranged = await once('--source', `file:${file}`, ...args);
    expect(ranged.families['4'].rules).toHaveLength(4);
    lab.node.tries('conntrack -F');
    lab.podA.packets('udp', '10.10.0.2', '5000', '9.9.9.9', '7777', 'ranged', '15');
    const got = [];
    for (let i = 0; i < 15; i++) {
      const one = sniffers[0]?.lines.find((line) => line.endsWith(` ranged-${i}`));
      if (one !== undefined) got.push(one.split(' '));
    }
    const end = Date.now() + 15_000;
    while (got.length < 10 && Date.now() < end) {
      const line = await sniffers[0]?.next((one) => / ranged-\d+$/.test(one), 200);
      if (line !== undefined) got.push(line.split(' '));
    }
    expect(got).toHaveLength(10);
    expect(new Set(got.map(([source]) => source))).toEqual(new Set(['203.0.113.1']));
    expect(got.map((words) => Number(words[3])).sort()).toEqual(Array.from({ length: 10 }, (_, i) => 40000 + i));
    await once('--source', `file:${dir.path}/pools.json`, ...args);
  });
});
