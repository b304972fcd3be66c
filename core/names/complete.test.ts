import { expect, it } from 'vitest';
import { complete } from './complete.ts';
import { type Directory, findNamed, hostWith, serviceAt, serviceOfNodePort } from './find.ts';
import type { NamedService } from './objects.ts';
import { endKinds, readEnd } from './read-end.ts';

const pod = (key: string, address: string, hostNetwork = false) => {
  const [namespace = '', name = ''] = key.split('/');
  return [key, { namespace, name, node: 'w-1', addresses: [address], hostNetwork }] as const;
};
const service = (key: string, clusterIp: string, more: Partial<NamedService> = {}): [string, NamedService] => {
  const [namespace = '', name = ''] = key.split('/');
  const ports = [{ name: '', port: 80, protocol: 'tcp', nodePort: 30080 }];
  const policies = { internalPolicy: 'Cluster', externalPolicy: 'Cluster' } as const;
  const none = { externalIps: [], hostNames: [] };
  return [key, { namespace, name, type: 'ClusterIP', clusterIps: [clusterIp], ports, ...none, ...policies, ...more }];
};
const directory: Directory = {
  pods: new Map([
    pod('shop/web-1', '192.168.1.10'),
    pod('shop/web-10', '192.168.1.11'),
    pod('shop/my-web', '192.168.1.12'),
    pod('web/cart', '192.168.1.13'),
    pod('shop/cobweb', '192.168.1.14'),
    pod('other/web-1', '192.168.2.10'),
    pod('kube-system/proxy', '192.0.2.11', true),
  ]),
  services: new Map([
    service('shop/web', '10.96.0.10', { externalIps: ['203.0.113.80'], hostNames: ['lb.example.com'] }),
  ]),
  slices: new Map(),
  nodes: new Map([
    ['w-1', { name: 'w-1', addresses: ['192.0.2.11', '2001:db8::11'], hostNames: ['worker-1.example.com'] }],
  ]),
};
const values = (text: string, limit = 20): string[] =>
  complete(directory, text, limit, endKinds).map(({ value }) => value);

it('whole names first, then beginnings, then parts, then anywhere', () => {
  expect(values('web')).toEqual([
    'service/shop/web',
    'pod/other/web-1',
    'pod/shop/web-1',
    'pod/shop/web-10',
    'pod/web/cart',
    'pod/shop/my-web',
    'pod/shop/cobweb',
  ]);
});

it('at most as many as asked for, the best of them', () => {
  expect(values('web', 2)).toEqual(['service/shop/web', 'pod/other/web-1']);
  expect(complete(directory, '', 3, endKinds)).toHaveLength(3);
});

it('by namespace, kind, address, in capitals too; nothing for what is not there', () => {
  expect(values('shop/we')).toEqual(['service/shop/web', 'pod/shop/web-1', 'pod/shop/web-10']);
  expect(values('svc/web')).toEqual(['service/shop/web']);
  expect(values('pod/shop/WEB-1')).toEqual(['pod/shop/web-1', 'pod/shop/web-10']);
  expect(values('node/')).toEqual(['node/w-1']);
  expect(values('192.168.1.1')).toHaveLength(5);
  expect(values('10.96')).toEqual(['service/shop/web']);
  expect(values('2001:')).toEqual(['node/w-1']);
  expect(values('nothing')).toEqual([]);
  expect(complete(directory, 'web', 20, ['pod', 'node']).every(({ kind }) => kind === 'pod')).toBe(true);
});

it('finds every one that has a name, and only those that may stand there', () => {
  const found = (text: string) => {
    const end = readEnd(text);
    if (end.is !== 'name') throw new Error(text);
    return findNamed(directory, end).map(({ kind }) => kind);
  };
  expect(found('web-1')).toEqual(['pod', 'pod']);
  expect(found('shop/web-1')).toEqual(['pod']);
  expect(found('web')).toEqual(['service']);
  expect(found('lb.example.com')).toEqual(['service']);
  expect(found('worker-1.example.com')).toEqual(['node']);
  expect(found('node/w-1')).toEqual(['node']);
  expect(found('pod/web')).toEqual([]);
});

it('knows whose an address is: the node before a pod on its network', () => {
  expect(hostWith(directory, '192.0.2.11')).toMatchObject({ kind: 'node' });
  expect(hostWith(directory, '192.168.1.12')).toMatchObject({ kind: 'pod', pod: { name: 'my-web' } });
  expect(hostWith(directory, '192.168.9.9')).toBeNull();
  expect(serviceAt(directory, '203.0.113.80')?.name).toBe('web');
  expect(serviceAt(directory, '192.168.1.12')).toBeNull();
  expect(serviceOfNodePort(directory, 30080, 'tcp')?.name).toBe('web');
  expect(serviceOfNodePort(directory, 30080, 'udp')).toBeNull();
  expect(serviceOfNodePort(directory, 0, 'tcp')).toBeNull();
});
