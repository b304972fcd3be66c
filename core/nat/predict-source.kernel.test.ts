/**
 * The predicted source against the kernel's own choice, for random addresses and next hops. `ip route get` answers by the two
 * functions that MASQUERADE calls (inet_select_addr for the next hop, ipv6_dev_get_saddr for the destination).
 */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeWithUs } from '../../agent/testing/remove-with-us.ts';
import { formatAddress, parseAddress } from '../net/address.ts';
import { type Random, randomFrom } from './fixtures/random.ts';
import type { NodeFacts } from './node-facts.ts';
import { masqueradeSource, routeTo } from './predict-source.ts';
import { readFacts } from './read-facts.ts';

const namespace = `outgate-source-${process.pid}`;
const why = process.getuid?.() === 0 ? undefined : 'needs root';
if (why !== undefined) console.log(`skipped: predict-source.kernel.test.ts ${why}`);

function ip(args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync('ip', args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
  return stdout;
}
const inside = (args: readonly string[], input = ''): string => ip(['-n', namespace, ...args], input);

function addresses(random: Random, dev: string): string[] {
  const lines: string[] = [];
  const nets = ['192.0.2', '198.51.100', '203.0.113'] as const;
  for (let i = random.below(4); i > 0; i--) {
    const [net, host, length] = [random.pick(nets), 1 + random.below(200), random.pick(['24', '26', '32'])];
    lines.push(`addr replace ${net}.${host}/${dev === 'lo' ? 32 : length} dev ${dev}`);
  }
  const nets6 = ['2001:db8:1', '2001:db8:2', 'fd00:1', '2002:c000:201', 'fec0:0'] as const;
  for (let i = random.below(4); i > 0; i--) {
    const length = dev === 'lo' ? 128 : random.pick(['64', '48', '128']);
    lines.push(
      `addr replace ${random.pick(nets6)}::${(1 + random.below(200)).toString(16)}/${length} dev ${dev} nodad`,
    );
  }
  return lines;
}

interface Link {
  ifname: string;
  addr_info: { local?: string; prefixlen: number }[];
}

function factsOf(via: string, via6: string): NodeFacts {
  const links: Link[] = JSON.parse(inside(['-j', 'addr']));
  return {
    name: 'n',
    interfaces: links.map(({ ifname, addr_info }) => ({
      name: ifname,
      addresses: addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    })),
    routes: [
      { to: '0.0.0.0/0', via, dev: 'up0', src: null },
      { to: '::/0', via: via6, dev: 'up0', src: null },
    ],
  };
}

const destinations = [
  '8.8.8.8',
  '100.64.0.1',
  '2001:db8:1:ff::9',
  '2001:db8:9::9',
  'fd00:1:2::9',
  '2002:c000:299::9',
  '2a00::1',
  'fec0:0:0:7::9',
];

describe.skipIf(why !== undefined)('the source that the kernel picks', () => {
  beforeAll(() => {
    removeWithUs(namespace);
    ip(['netns', 'add', namespace]);
    spawnSync('ip', [
      'netns',
      'exec',
      namespace,
      'sysctl',
      '-qw',
      'net.ipv6.conf.all.accept_dad=0',
      'net.ipv6.conf.default.accept_dad=0',
    ]);
    inside(['-batch', '-'], 'link set lo up\nlink add up0 type veth peer name up1\nlink set up0 up\nlink set up1 up\n');
  });
  afterAll(() => {
    spawnSync('ip', ['netns', 'delete', namespace]);
  });

  test('is the one predicted, IPv4 and IPv6', () => {
    const random = randomFrom(7);
    let asked = 0;
    for (let round = 0; round < 40; round++) {
      const via = `${random.pick(['192.0.2', '198.51.100', '203.0.113', '100.64.9'])}.${220 + random.below(20)}`;
      const lines = ['up0', 'up1', 'lo'].flatMap((dev) => [
        `addr flush dev ${dev} scope global`,
        `addr flush dev ${dev} scope site`,
        ...addresses(random, dev),
      ]);
      lines.push(`route replace default via ${via} dev up0 onlink`, 'route replace default via fe80::99 dev up0');
      inside(['-batch', '-'], `${lines.join('\n')}\n`);
      const facts = readFacts(factsOf(via, 'fe80::99'));
      if (!facts.ok) throw new Error(JSON.stringify(facts.errors));
      for (const text of destinations) {
        const to = parseAddress(text);
        if (!to.ok) throw new Error(to.reason);
        const { status, stdout } = spawnSync('ip', ['-n', namespace, '-j', 'route', 'get', text], { encoding: 'utf8' });
        if (status !== 0) continue;
        const [route] = JSON.parse(stdout) as { dev: string; prefsrc?: string; type?: string }[];
        const predicted = routeTo(facts.value, to.value, null);
        if (route?.prefsrc === undefined || route.type === 'local' || predicted?.dev !== route.dev) continue;
        const source = masqueradeSource(facts.value, predicted.dev, predicted.via, to.value);
        expect(source && formatAddress(source), `${text} via ${via}\n${inside(['addr'])}`).toBe(route.prefsrc);
        asked++;
      }
    }
    expect(asked).toBeGreaterThan(200);
  });
});
