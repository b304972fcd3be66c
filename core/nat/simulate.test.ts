import { describe, expect, test } from 'vitest';
import type { Pool } from '../pool/spec.ts';
import { randomFlow, randomFrom, randomHosts, randomPools, randomSettings } from './fixtures/random.ts';
import type { NodeFacts } from './node-facts.ts';
import type { NatSettings } from './settings.ts';
import { judge, makeDecider, simulate } from './simulate.ts';
import { stepCodes } from './steps.ts';
import type { Answer, Flow } from './verdict.ts';

const pools: Pool[] = [
  { name: 'outer', spec: { cidr: '10.0.0.0/8', natOutgoing: true } },
  { name: 'inner', spec: { cidr: '10.1.0.0/16' } },
  { name: 'x-hidden', spec: { cidr: '10.1.0.0/16', natOutgoing: true } },
  { name: 'off', spec: { cidr: '203.0.113.0/24', disabled: true } },
  { name: 'lb', spec: { cidr: '198.51.100.0/24', allowedUses: ['LoadBalancer'] } },
  { name: 'six', spec: { cidr: 'fd00::/64', natOutgoing: true } },
];
const facts: NodeFacts = {
  name: 'node-1',
  interfaces: [
    { name: 'lo', addresses: ['127.0.0.1/8', '192.0.2.200/29', '::1/128'] },
    { name: 'up0', addresses: ['192.0.2.1/26', '172.16.0.1/16', '2001:db8:1::1/64'] },
    { name: 'up1', addresses: ['172.31.0.1/24'] },
  ],
  routes: [
    { to: 'default', via: '192.0.2.2', dev: 'up0', src: '172.16.0.1' },
    { to: '9.9.9.9', via: '172.16.0.2', dev: 'up0', src: null },
    { to: '0.0.0.0/0', via: '172.31.0.2', dev: 'up1', src: null },
    { to: 'default', via: 'fe80::2', dev: 'up0', src: null },
  ],
};

function ask(flow: Partial<Flow>, settings: NatSettings = {}, node: NodeFacts | undefined = facts): Answer {
  const said = simulate(
    makeDecider({ pools, settings, hosts: ['192.0.2.12'] }),
    { from: '10.1.0.5', to: '8.8.8.8', ...flow },
    node,
  );
  if (!said.ok) throw new Error(JSON.stringify(said.errors));
  return said.value;
}
const steps = (answer: Answer): string[] => answer.steps.map(({ code }) => code);

describe('steps', () => {
  test('a union of pools: the outer one is named, the inner and the hidden one explained', () => {
    const answer = ask({});
    expect(answer.code).toBe('SNAT_MASQUERADE');
    expect(answer.steps.map(({ code, pool, rule }) => [code, pool, rule])).toEqual([
      ['FLOW_NEW', null, null],
      ['DESTINATION_NOT_LOCAL', null, null],
      ['POOL_HIDDEN', 'x-hidden', 'C17'],
      ['SOURCE_IN_NAT_POOL', 'outer', null],
      ['DESTINATION_IN_NO_POOL', null, null],
      ['ROUTE', null, null],
      ['SOURCE_MASQUERADED', null, null],
      ['PORTS', null, null],
    ]);
    expect(answer.steps[3]?.text).toContain("'inner' (10.1.0.0/16)");
  });
  test.each<[Partial<Flow>, NatSettings, string, string]>([
    [{ to: '203.0.113.7' }, {}, 'NO_SNAT_DESTINATION_IN_POOL', 'DESTINATION_IN_POOL'],
    [{ to: '198.51.100.7' }, {}, 'SNAT_MASQUERADE', 'PORTS'],
    [
      { to: '192.0.2.12' },
      { natOutgoingExclusions: 'IPPoolsAndHostIPs' },
      'NO_SNAT_DESTINATION_IS_NODE',
      'DESTINATION_IS_NODE',
    ],
    [{ from: '203.0.113.7' }, {}, 'NO_SNAT_POOL_NAT_OFF', 'SOURCE_IN_POOL'],
    [{ from: '198.51.100.7' }, {}, 'NO_SNAT_SOURCE_NOT_IN_POOL', 'SOURCE_IN_NO_POOL'],
    [{ from: '172.16.9.9' }, {}, 'NO_SNAT_SOURCE_NOT_IN_POOL', 'SOURCE_IN_NO_POOL'],
    [{ state: 'established' }, {}, 'NO_SNAT_ESTABLISHED', 'FLOW_ESTABLISHED'],
    [{ state: 'untracked' }, {}, 'NO_SNAT_INVALID_PACKET', 'FLOW_INVALID'],
    [{}, { iptablesNATOutgoingInterfaceFilter: 'eth+' }, 'NO_SNAT_INTERFACE_FILTER', 'INTERFACE_DIFFERS'],
    [{ to: '203.0.113.7', resolvedTo: '8.8.8.8' }, {}, 'SNAT_MASQUERADE', 'PORTS'],
    [{ to: '8.8.8.8', resolvedTo: '203.0.113.7' }, {}, 'NO_SNAT_DESTINATION_IN_POOL', 'DESTINATION_IN_POOL'],
  ])('%o %o: %s, last step %s', (flow, settings, code, last) => {
    const answer = ask(flow, settings);
    expect([answer.code, steps(answer).at(-1)]).toEqual([code, last]);
  });
  test('only codes of the table, every text a sentence', () => {
    const random = randomFrom(6);
    for (let round = 0; round < 60; round++) {
      const decider = makeDecider({
        pools: randomPools(random, 20),
        settings: randomSettings(random),
        hosts: randomHosts(random),
      });
      for (let i = 0; i < 20; i++) {
        const flow = randomFlow(random);
        const said = simulate(decider, flow, random.chance(0.5) ? facts : undefined);
        if (!said.ok) throw new Error(JSON.stringify(said.errors));
        for (const { code, text } of said.value.steps) {
          expect(Object.keys(stepCodes)).toContain(code);
          expect(text).toMatch(/^\S.*\.$/);
        }
      }
    }
  });
  test('judge says the same without steps', () => {
    const decider = makeDecider({ pools, settings: {}, hosts: [] });
    const flow = { from: '10.1.0.5', to: '8.8.8.8' };
    const { steps: _, ...answer } = ask(flow);
    expect(judge(decider, flow, facts)).toEqual({ ok: true, value: answer });
  });
});

describe('the source after NAT', () => {
  const source = (flow: Partial<Flow>, settings: NatSettings = {}) => Object.values(ask(flow, settings).source);
  test.each<[Partial<Flow>, string | null, string | null]>([
    [{}, '192.0.2.1', 'up0'], // the route's src is ignored
    [{ to: '9.9.9.9' }, '172.16.0.1', 'up0'], // in the next hop's subnet
    [{ outInterface: 'up1' }, '172.31.0.1', 'up1'], // the route by that interface
    [{ to: '172.31.0.9' }, '172.31.0.1', 'up1'], // directly connected
    [{ outInterface: 'wg0' }, '192.0.2.200', 'wg0'], // no address of its own: the first of the node
    [{ from: 'fd00::5', to: '2001:db8::9' }, '2001:db8:1::1', 'up0'],
  ])('%o: %s by %s', (flow, address, dev) => expect(source(flow).slice(0, 2)).toEqual([address, dev]));

  test('ports: a range for tcp and udp, else the class of the port used', () => {
    const ports = (flow: Partial<Flow>, settings: NatSettings = {}) => ask(flow, settings).source.ports;
    const range = { natPortRange: '40000:50000' };
    expect([
      ports({ proto: 'tcp' }, range),
      ports({ proto: '17' }, range),
      ports({ proto: 'sctp' }, range),
      ports({ proto: 'icmp' }, range),
    ]).toEqual([[40000, 50000], [40000, 50000], [1024, 65535], null]);
    expect([ports({ sport: 500 }), ports({ sport: 1000 }), ports({ sport: 5000 }), ports({ proto: 'gre' })]).toEqual([
      [1, 511],
      [600, 1023],
      [1024, 65535],
      null,
    ]);
  });

  test('unknown node, no route: the address is null, never a guess', () => {
    expect(
      simulate(makeDecider({ pools, settings: {}, hosts: [] }), { from: '10.1.0.5', to: '8.8.8.8' }),
    ).toMatchObject({
      value: { verdict: 'SNAT', source: { address: null, interface: null } },
    });
    expect(ask({}, {}, { ...facts, routes: [] }).source).toEqual({
      address: null,
      interface: null,
      ports: [1024, 65535],
    });
    expect(steps(ask({}, {}, { ...facts, routes: [] }))).toContain('ROUTE_MISSING');
  });
});

test('what is local: own addresses, loopback, broadcast, all of a subnet on lo', () => {
  const local = (to: string): boolean =>
    ask({ from: to.includes(':') ? 'fd00::5' : '10.1.0.5', to }).code === 'NO_SNAT_DESTINATION_IS_LOCAL';
  for (const to of [
    '192.0.2.1',
    '172.31.0.1',
    '127.9.9.9',
    '192.0.2.63',
    '192.0.2.203',
    '255.255.255.255',
    '2001:db8:1::1',
    '::1',
  ])
    expect([to, local(to)]).toEqual([to, true]);
  for (const to of ['192.0.2.2', '192.0.2.208', '172.31.0.2', '2001:db8:1::2'])
    expect([to, local(to)]).toEqual([to, false]);
});

test('the port may stand behind the address that is asked for', () => {
  const decider = makeDecider({ pools, settings: {}, hosts: [] });
  const asked = (to: string, port?: number) =>
    simulate(decider, { from: '192.168.1.10', to, ...(port === undefined ? {} : { port }) });
  expect(asked('198.51.100.1:80')).toEqual(asked('198.51.100.1', 80));
  expect(asked('198.51.100.1:80', 81)).toMatchObject({ ok: false, errors: [{ field: 'port' }] });
  expect(asked('198.51.100.1:http')).toMatchObject({ ok: false, errors: [{ field: 'port' }] });
  expect(asked('198.51.100.1:080')).toMatchObject({
    ok: false,
    errors: [{ field: 'port', message: expect.stringContaining("without leading zeros: '080'") }],
  });
  expect(asked('[fd00::1]:80')).toMatchObject({ ok: false, errors: [{ field: 'to' }] });
});

test.each(['from', 'resolvedTo'] as const)('%s takes no port', (field) => {
  const decider = makeDecider({ pools, settings: {}, hosts: [] });
  for (const text of ['192.168.1.10:5', '192.168.1.10:', '[fd00::1]:5']) {
    const message = `${field} must be an address without a port: '${text}'`;
    const flow = { from: '192.168.1.10', to: '198.51.100.1', [field]: text };
    expect(simulate(decider, flow)).toEqual({ ok: false, errors: [{ field, message }] });
  }
});

test('errors of flow and facts, all at once, each with its field', () => {
  const bad = {
    from: '1',
    to: 'fd00::1',
    resolvedTo: 'x',
    proto: '256',
    port: 1.5,
    sport: -1,
    outInterface: 'a b',
    state: 'odd',
  } as unknown as Flow;
  const node = {
    ...facts,
    interfaces: [{ name: 'up0', addresses: ['192.0.2.1'] }],
    routes: [{ to: 'x', via: 'y', dev: 'up0', src: null }],
  };
  const said = simulate(makeDecider({ pools, settings: {}, hosts: [] }), bad, node);
  expect(!said.ok && said.errors.map(({ field }) => field)).toEqual([
    'from',
    'resolvedTo',
    'proto',
    'port',
    'sport',
    'state',
    'outInterface',
    'node.interfaces[0].addresses[0]',
    'node.routes[0].via',
    'node.routes[0].to',
  ]);
});
