import { describe, expect, it } from 'vitest';
import { proxyAnswer } from '../nat/service-answer.ts';
import { makeDecider, simulate } from '../nat/simulate.ts';
import type { NamedService, ServiceEndpoint, ServiceSlice } from './objects.ts';
import { type Caller, choosePort, type Front, type ServicePlan, serviceFlows } from './service-flows.ts';

const HTTP = { name: 'http', port: 80, protocol: 'tcp', nodePort: 30080 };
const service = (more: Partial<NamedService> = {}): NamedService => ({
  namespace: 'shop',
  name: 'web',
  type: 'LoadBalancer',
  clusterIps: ['10.96.0.10', 'fd00:96::10'],
  externalIps: ['203.0.113.80'],
  hostNames: [],
  ports: [HTTP],
  internalPolicy: 'Cluster',
  externalPolicy: 'Cluster',
  ...more,
});
const endpoint = (address: string, node: string, more: Partial<ServiceEndpoint> = {}): ServiceEndpoint => ({
  address,
  pod: `web-${address.replaceAll(/[.:]/g, '-')}`,
  node,
  ready: true,
  servesWhileEnding: false,
  ...more,
});
const slice = (endpoints: readonly ServiceEndpoint[], family: 4 | 6 | null = 4): ServiceSlice => ({
  namespace: 'shop',
  service: 'web',
  family,
  ports: [{ name: 'http', port: 8080, protocol: 'tcp' }],
  endpoints,
});

const POD: Caller = { is: 'pod', node: 'w-1', addresses: ['192.168.1.10'] };
const HOST: Caller = { is: 'host', node: 'w-1', addresses: ['192.0.2.11'] };
const OUTSIDE: Caller = { is: 'outside', node: null, addresses: ['198.51.100.7'] };
const CLUSTER_IP: Front = { is: 'cluster-ip', addresses: ['10.96.0.10'] };
const EXTERNAL: Front = { is: 'external', addresses: ['203.0.113.80'] };
const OWN_NODE_PORT: Front = { is: 'node-port', addresses: ['192.0.2.11'], node: 'w-1' };
const OTHER_NODE_PORT: Front = { is: 'node-port', addresses: ['192.0.2.12'], node: 'w-2' };

const decider = makeDecider({
  pools: [{ name: 'pods', spec: { cidr: '192.168.0.0/16', natOutgoing: true } }],
  settings: {},
  hosts: ['192.0.2.11', '192.0.2.12'],
});
const facts = {
  name: 'w-1',
  interfaces: [{ name: 'up0', addresses: ['192.0.2.11/24'] }],
  routes: [{ to: 'default', via: '192.0.2.1', dev: 'up0', src: null }],
};

/** One line a backend: its address, the code, and the source that is seen. */
function judged(plan: ServicePlan): string[] {
  if (plan.is !== 'flows') return [`${plan.is}: ${plan.text}`];
  return plan.flows.map(({ from, to, resolvedTo, backend, masqueradedOn }) => {
    const flow = { from, to, ...(resolvedTo === null ? {} : { resolvedTo }) };
    const known = masqueradedOn === undefined || masqueradedOn === 'w-1' ? facts : undefined;
    const answer = masqueradedOn === undefined ? simulate(decider, flow, known) : proxyAnswer(flow, known);
    if (!answer.ok) throw new Error(JSON.stringify(answer.errors));
    return [backend.address, answer.value.code, answer.value.source.address].filter((one) => one !== null).join(' ');
  });
}

interface Case {
  readonly caller?: Caller;
  readonly front?: Front;
  readonly service?: Partial<NamedService>;
  readonly endpoints?: readonly ServiceEndpoint[];
}
const plan = ({ caller = POD, front = CLUSTER_IP, service: more = {}, endpoints = two }: Case): ServicePlan =>
  serviceFlows({ service: service(more), slices: [slice(endpoints)], front, port: HTTP, caller });

const two = [endpoint('192.168.1.20', 'w-1'), endpoint('192.168.2.20', 'w-2')];
const outside = [endpoint('198.51.100.10', '', { node: null, pod: null })];
const local = { internalPolicy: 'Local' } as const;
const keeps = { externalPolicy: 'Local' } as const;
const KEPT = 'NO_SNAT_DESTINATION_IN_POOL';
const PROXY = 'SNAT_SERVICE_PROXY';

describe('rows of facts/calico.md: what a connection from a pod in a NAT pool gets', () => {
  it.each<[string, Case, string[]]>([
    ['7: cluster IP, backends in a pool', {}, [`192.168.1.20 ${KEPT}`, `192.168.2.20 ${KEPT}`]],
    ['8: cluster IP, backend external', { endpoints: outside }, ['198.51.100.10 SNAT_MASQUERADE 192.0.2.11']],
    [
      '9: cluster IP, backend on another node’s network',
      { endpoints: [endpoint('192.0.2.12', 'w-2')] },
      ['192.0.2.12 SNAT_MASQUERADE 192.0.2.11'],
    ],
    [
      '10: cluster IP, backend on the own node’s network',
      { endpoints: [endpoint('192.0.2.11', 'w-1')] },
      ['192.0.2.11 NO_SNAT_DESTINATION_IS_LOCAL'],
    ],
    ['11: external IP', { front: EXTERNAL }, [`192.168.1.20 ${PROXY} 192.0.2.11`, `192.168.2.20 ${PROXY} 192.0.2.11`]],
    [
      '11: node port of the own node',
      { front: OWN_NODE_PORT },
      [`192.168.1.20 ${PROXY} 192.0.2.11`, `192.168.2.20 ${PROXY} 192.0.2.11`],
    ],
    [
      '11: node port of another node: rewritten there',
      { front: OTHER_NODE_PORT },
      [`192.168.1.20 ${PROXY}`, `192.168.2.20 ${PROXY}`],
    ],
    [
      '11: external IP, policy Local: all backends, judged by their addresses',
      { front: EXTERNAL, service: keeps },
      [`192.168.1.20 ${KEPT}`, `192.168.2.20 ${KEPT}`],
    ],
    [
      '11: own node port, policy Local: the same',
      { front: OWN_NODE_PORT, service: keeps },
      [`192.168.1.20 ${KEPT}`, `192.168.2.20 ${KEPT}`],
    ],
    [
      '11 and 4: another node’s port, policy Local: its backends, and the node’s address is what is judged',
      { front: OTHER_NODE_PORT, service: keeps },
      ['192.168.2.20 SNAT_MASQUERADE 192.0.2.11'],
    ],
    [
      'a node port whose backend is that node itself: nothing rewritten there',
      { front: OTHER_NODE_PORT, endpoints: [endpoint('192.0.2.12', 'w-2')] },
      ['192.0.2.12 SNAT_MASQUERADE 192.0.2.11'],
    ],
    [
      'a pod that reaches itself',
      { endpoints: [endpoint('192.168.1.10', 'w-1')] },
      [`192.168.1.10 ${PROXY} 192.0.2.11`],
    ],
  ])('%s', (_, asked, lines) => expect(judged(plan(asked))).toEqual(lines));
});

describe('other callers', () => {
  it.each<[string, Case, string[]]>([
    [
      '14: the node itself to an external backend',
      { caller: HOST, endpoints: outside },
      [`198.51.100.10 ${PROXY} 192.0.2.11`],
    ],
    [
      'outside, policy Cluster: on the node it enters, whichever that is',
      { caller: OUTSIDE, front: EXTERNAL },
      [`192.168.1.20 ${PROXY}`, `192.168.2.20 ${PROXY}`],
    ],
    [
      'outside, policy Local: keeps the client’s address',
      { caller: OUTSIDE, front: EXTERNAL, service: keeps },
      ['192.168.1.20 NO_SNAT_SOURCE_NOT_IN_POOL', '192.168.2.20 NO_SNAT_SOURCE_NOT_IN_POOL'],
    ],
    [
      'outside, a node’s port, policy Local: that node’s backends',
      { caller: OUTSIDE, front: OTHER_NODE_PORT, service: keeps },
      ['192.168.2.20 NO_SNAT_SOURCE_NOT_IN_POOL'],
    ],
    [
      'the node itself, policy Local',
      { caller: HOST, front: EXTERNAL, service: keeps, endpoints: outside },
      [`198.51.100.10 ${PROXY} 192.0.2.11`],
    ],
  ])('%s', (_, asked, lines) => expect(judged(plan(asked))).toEqual(lines));
});

describe('which backends', () => {
  const addresses = (asked: Case): string[] => judged(plan(asked)).map((line) => line.replace(/ .*/, ''));
  const ending = endpoint('192.168.1.30', 'w-1', { ready: false, servesWhileEnding: true });
  const broken = endpoint('192.168.1.31', 'w-1', { ready: false });

  it('internalTrafficPolicy Local: those of the caller’s node', () => {
    expect(addresses({ service: local })).toEqual(['192.168.1.20']);
  });
  it('not ready ones never; ending ones while none is ready', () => {
    expect(addresses({ endpoints: [...two, ending, broken] })).toEqual(['192.168.1.20', '192.168.2.20']);
    expect(addresses({ endpoints: [ending, broken] })).toEqual(['192.168.1.30']);
    expect(addresses({ service: local, endpoints: [endpoint('192.168.2.20', 'w-2'), ending] })).toEqual([
      '192.168.1.30',
    ]);
  });
  it('none: refused; none here alone: dropped', () => {
    expect(plan({ endpoints: [broken] })).toEqual({
      is: 'refused',
      text: 'Service shop/web has no backend that takes connections: they are refused.',
    });
    expect(plan({ service: local, endpoints: [endpoint('192.168.2.20', 'w-2')] })).toMatchObject({
      is: 'refused',
      text: expect.stringContaining(
        'internalTrafficPolicy Local and no backend that takes connections on w-1: they are dropped',
      ),
    });
    expect(
      plan({ front: OTHER_NODE_PORT, service: keeps, endpoints: [endpoint('192.168.1.20', 'w-1')] }),
    ).toMatchObject({
      text: expect.stringContaining('externalTrafficPolicy Local and no backend that takes connections on w-2'),
    });
  });
  it('internalTrafficPolicy Local from a node that is not known: cannot tell', () => {
    expect(plan({ service: local, caller: { ...POD, node: null } })).toMatchObject({ is: 'unresolved' });
  });
  it('ExternalName: DNS says', () => {
    expect(plan({ service: { type: 'ExternalName', clusterIps: [], hostNames: ['example.com'] } })).toEqual({
      is: 'unresolved',
      text: 'Service shop/web stands for the name example.com: where that leads, DNS says.',
    });
  });
  it('headless: the backends themselves, nothing rewritten', () => {
    const headless = plan({ service: { clusterIps: [], type: 'ClusterIP' }, front: { is: 'headless' } });
    expect(judged(headless)).toEqual([`192.168.1.20 ${KEPT}`, `192.168.2.20 ${KEPT}`]);
    expect(headless).toMatchObject({ flows: [{ to: '192.168.1.20', resolvedTo: null }, {}] });
  });
  it('each family by itself, of both that caller, service and backends have', () => {
    const both = serviceFlows({
      service: service(),
      slices: [slice(two), slice([endpoint('fd00::20', 'w-2')], 6), slice([endpoint('x', 'w-1')], null)],
      front: { is: 'cluster-ip', addresses: service().clusterIps },
      port: HTTP,
      caller: { ...POD, addresses: ['192.168.1.10', 'fd00::10'] },
    });
    expect(both).toMatchObject({
      is: 'flows',
      flows: [
        { from: '192.168.1.10', to: '10.96.0.10', resolvedTo: '192.168.1.20' },
        { from: '192.168.1.10', to: '10.96.0.10', resolvedTo: '192.168.2.20' },
        { from: 'fd00::10', to: 'fd00:96::10', resolvedTo: 'fd00::20' },
      ],
    });
  });
  it('an endpoint in two slices counts once, ready if it is so in one', () => {
    const moved = [
      slice([endpoint('192.168.1.20', 'w-1', { ready: false })]),
      slice([endpoint('192.168.1.20', 'w-1')]),
    ];
    const once = serviceFlows({ service: service(), slices: moved, front: CLUSTER_IP, port: HTTP, caller: POD });
    expect(once).toMatchObject({ is: 'flows', flows: [{ backend: { address: '192.168.1.20', port: 8080 } }] });
  });
});

describe('choosePort', () => {
  const dns = service({
    ports: [
      HTTP,
      { ...HTTP, name: 'https', port: 443, nodePort: 30443 },
      { name: 'dns', port: 53, protocol: 'udp', nodePort: 0 },
    ],
  });
  it('by number, by name, by node port; the only one where none is said, else all', () => {
    expect(choosePort(dns, '443', 'tcp', 'cluster-ip')).toMatchObject({ port: { name: 'https' } });
    expect(choosePort(dns, 'https', 'tcp', 'cluster-ip')).toMatchObject({ port: { port: 443 } });
    expect(choosePort(dns, '30443', 'tcp', 'node-port')).toMatchObject({ port: { name: 'https' } });
    expect(choosePort(dns, null, 'udp', 'cluster-ip')).toMatchObject({ port: { name: 'dns' } });
    expect(choosePort(dns, null, 'tcp', 'cluster-ip')).toEqual({ port: null });
  });
  it('says which there are', () => {
    expect(choosePort(dns, '8080', 'tcp', 'cluster-ip')).toEqual({
      issue: "port must be one that shop/web has, 80/tcp (http), 443/tcp (https), 53/udp (dns): '8080/tcp'",
    });
    expect(choosePort(dns, '53', 'tcp', 'cluster-ip')).toMatchObject({ issue: expect.stringContaining("'53/tcp'") });
  });
  it('a headless one is reached at any port', () => {
    expect(choosePort(service({ clusterIps: [], ports: [] }), '5432', 'tcp', 'headless')).toEqual({ port: null });
    // 80 is what the pod is asked for there, not 8080: no proxy maps it
    const named = service({ clusterIps: [] });
    expect(choosePort(named, '80', 'tcp', 'headless')).toEqual({ port: null });
    expect(choosePort(named, 'http', 'tcp', 'headless')).toEqual({ port: HTTP });
  });
});
