import { expect, it } from 'vitest';
import { readNamedNode, readPod, readService, readSlice } from './read-objects.ts';

const same = (text: string): string => text;

it('a pod: its node, every address once, and whether it is on the host’s network', () => {
  const metadata = { namespace: 'shop', name: 'web-1' };
  const status = { podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: 'FD00::1' }] };
  expect(readPod({ metadata, spec: { nodeName: 'w-1', hostNetwork: true }, status }, same)).toEqual({
    namespace: 'shop',
    name: 'web-1',
    node: 'w-1',
    addresses: ['10.0.0.1', 'fd00::1'],
    hostNetwork: true,
  });
  expect(readPod({ metadata, status: { podIP: '10.0.0.1' } }, same)).toMatchObject({
    node: null,
    addresses: ['10.0.0.1'],
  });
});

it('a service: headless has no addresses, a balancer that proxies itself is none of kube-proxy’s', () => {
  const metadata = { namespace: 'shop', name: 'web' };
  const ports = [{ name: 'http', port: 80, nodePort: 30080 }, { port: 53, protocol: 'UDP' }, { port: 'x' }];
  const ingress = [{ ip: '203.0.113.1' }, { ip: '203.0.113.2', ipMode: 'Proxy' }, { hostname: 'lb.example.com' }];
  const spec = {
    type: 'LoadBalancer',
    clusterIP: '10.96.0.1',
    clusterIPs: ['10.96.0.1'],
    externalIPs: ['203.0.113.9'],
    ports,
  };
  expect(
    readService({ metadata, spec: { ...spec, externalTrafficPolicy: 'Local' }, status: { loadBalancer: { ingress } } }),
  ).toEqual({
    namespace: 'shop',
    name: 'web',
    type: 'LoadBalancer',
    clusterIps: ['10.96.0.1'],
    externalIps: ['203.0.113.9', '203.0.113.1'],
    hostNames: ['lb.example.com'],
    ports: [
      { name: 'http', port: 80, protocol: 'tcp', nodePort: 30080 },
      { name: '', port: 53, protocol: 'udp', nodePort: 0 },
    ],
    internalPolicy: 'Cluster',
    externalPolicy: 'Local',
  });
  expect(readService({ metadata, spec: { clusterIP: 'None', clusterIPs: ['None'] } }).clusterIps).toEqual([]);
  const named = readService({ metadata, spec: { type: 'ExternalName', externalName: 'example.com' } });
  expect(named).toMatchObject({ type: 'ExternalName', clusterIps: [], hostNames: ['example.com'] });
});

it('a slice: conditions that are not said count as kube-proxy counts them', () => {
  const metadata = { namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } };
  const endpoints = [
    { addresses: ['10.0.0.1'], nodeName: 'w-1', targetRef: { kind: 'Pod', name: 'web-1' } },
    { addresses: ['10.0.0.2'], conditions: { ready: false, serving: true, terminating: true } },
    { addresses: ['10.0.0.3'], conditions: { ready: false, terminating: true } },
    { addresses: ['10.0.0.4'], conditions: { ready: false, serving: true } },
    { addresses: ['web.example.com'] },
  ];
  const read = readSlice({ metadata, addressType: 'IPv4', ports: [{ name: 'http', port: 8080 }], endpoints }, same);
  expect(read).toMatchObject({ service: 'web', family: 4, ports: [{ name: 'http', port: 8080, protocol: 'tcp' }] });
  expect(read.endpoints.map(({ ready, servesWhileEnding }) => [ready, servesWhileEnding])).toEqual([
    [true, false],
    [false, true],
    [false, false],
    [false, false],
  ]);
  expect(read.endpoints[0]).toMatchObject({ pod: 'web-1', node: 'w-1' });
  expect(readSlice({ metadata, addressType: 'FQDN', endpoints }, same)).toMatchObject({ family: null, endpoints: [] });
});

it('a node: its addresses and its other names', () => {
  const addresses = [
    { type: 'Hostname', address: 'w-1' },
    { type: 'InternalDNS', address: 'w-1.internal' },
    { type: 'ExternalIP', address: '203.0.113.11' },
    { type: 'InternalIP', address: '192.0.2.11' },
  ];
  expect(readNamedNode({ metadata: { name: 'w-1' }, status: { addresses } })).toEqual({
    name: 'w-1',
    addresses: ['192.0.2.11', '203.0.113.11'],
    hostNames: ['w-1.internal'],
  });
});

it('whatever else an object holds', () => {
  for (const odd of [
    null,
    3,
    {},
    { metadata: 4, spec: [], status: 'x' },
    { spec: { ports: {}, clusterIPs: {} }, endpoints: 3 },
  ]) {
    expect(() => [readPod(odd, same), readService(odd), readSlice(odd, same), readNamedNode(odd)]).not.toThrow();
  }
});
