import { expect, it } from 'vitest';
import type { Directory } from '../../../core/names/find.ts';
import type { Known, NameBook, NamedType } from '../../../core/names/name-book.ts';
import type { NamedService } from '../../../core/names/objects.ts';
import { AppError } from '../app-error.ts';
import { planQuestion } from './plan-question.ts';

const web: NamedService = {
  namespace: 'shop',
  name: 'web',
  type: 'LoadBalancer',
  clusterIps: ['10.96.0.10'],
  externalIps: [],
  hostNames: ['lb.example.com'],
  ports: [{ name: '', port: 80, protocol: 'tcp', nodePort: 30080 }],
  internalPolicy: 'Cluster',
  externalPolicy: 'Cluster',
};
const pod = (name: string, addresses: string[], hostNetwork = false) =>
  [`shop/${name}`, { namespace: 'shop', name, node: 'w-1', addresses, hostNetwork }] as const;
const directory: Directory = {
  pods: new Map([
    pod('both', ['10.0.0.1', 'fd00::1']),
    pod('six', ['fd00::2']),
    pod('new', []),
    pod('host', [], true),
    pod('lost', [], true),
  ]),
  services: new Map([['shop/web', web]]),
  slices: new Map(),
  nodes: new Map([
    ['w-1', { name: 'w-1', addresses: ['192.0.2.11', '192.0.2.99'], hostNames: ['worker.example.com'] }],
  ]),
};
const book = (without: readonly NamedType[] = [], names = directory): NameBook => ({
  directory: names,
  known: (type): Known =>
    without.includes(type)
      ? { type, phase: 'starting', heardAt: null, error: `GET /${type}: forbidden`, forbidden: true }
      : { type, phase: 'live', heardAt: 1_000, error: null, forbidden: false },
});
const around = { hostOf: () => undefined, node: undefined, inPool: (one: string) => one.startsWith('10.') };
const plan = (from: string, to: string, more: object = {}, names = book()) =>
  planQuestion(names, { from, to, ...more }, around);

function refused(call: () => unknown): { field: string; message: string }[] {
  try {
    call();
  } catch (error) {
    if (error instanceof AppError) return [...(error.details.issues ?? [])];
    throw error;
  }
  throw new Error('the question must be refused');
}

it('between names the family that both have, IPv4 of two', () => {
  expect(plan('shop/both', '198.51.100.1').flow).toEqual({ from: '10.0.0.1', to: '198.51.100.1' });
  expect(plan('shop/both', 'pod/shop/six:53').flow).toEqual({ from: 'fd00::1', to: 'fd00::2', port: 53 });
  expect(plan('shop/both', 'worker.example.com').flow).toMatchObject({ to: '192.0.2.11' });
  expect(refused(() => plan('shop/six', '198.51.100.1'))).toEqual([
    { field: 'to', message: 'to must have an address of IPv6 as from has' },
  ]);
  expect(refused(() => plan('shop/six', 'shop/web'))).toMatchObject([{ field: 'to' }]);
});

it('a pod without an address is refused; on the host’s network it has its node’s', () => {
  expect(refused(() => plan('shop/new', '198.51.100.1'))).toEqual([
    { field: 'from', message: 'from must have an address, and pod/shop/new has none yet' },
  ]);
  expect(plan('shop/host', '198.51.100.1')).toMatchObject({ caller: 'host', flow: { from: '192.0.2.11' } });
  const nodeless = book([], { ...directory, nodes: new Map() });
  expect(plan('shop/lost', '198.51.100.1', {}, nodeless)).toMatchObject({ caller: 'host', flow: null });
});

it('without rights addresses are taken as before, and what is missing is said', () => {
  const blind = book(['pods', 'services', 'endpointslices', 'nodes'], {
    pods: new Map(),
    services: new Map(),
    slices: new Map(),
    nodes: new Map(),
  });
  const planned = plan('10.0.0.1', '10.96.0.10', { port: 80 }, blind);
  expect(planned).toMatchObject({ flow: { from: '10.0.0.1', to: '10.96.0.10', port: 80 }, plan: null, caller: 'pod' });
  expect(planned.unknown).toContain('pods are not known: the right to list and watch pods is missing');
  expect(refused(() => plan('shop/both', '10.0.0.1', {}, blind))[0]?.message).toContain(
    "'shop/both'; pods are not known: the right to list and watch pods is missing",
  );
});

it('a service without the right to its endpoints cannot be told; neither can a name that DNS answers', () => {
  const noSlices = book(['endpointslices']);
  expect(plan('shop/both', 'shop/web', {}, noSlices).plan).toMatchObject({
    is: 'unresolved',
    text: expect.stringContaining('the right to list and watch endpointslices is missing'),
  });
  expect(plan('shop/both', 'lb.example.com').plan).toMatchObject({ is: 'unresolved' });
  expect(plan('shop/both', 'shop/web').plan).toMatchObject({ is: 'refused' });
});

it('a backend that is said leaves nothing to choose', () => {
  const planned = plan('shop/both', 'shop/web', { resolvedTo: '10.0.0.9' });
  expect(planned).toMatchObject({ plan: null, flow: { from: '10.0.0.1', to: '10.96.0.10', resolvedTo: '10.0.0.9' } });
});

it('an address of a service at a port that it has not is that address', () => {
  expect(plan('shop/both', '10.96.0.10', { port: 81 })).toMatchObject({ plan: null, flow: { to: '10.96.0.10' } });
  expect(plan('shop/both', '192.0.2.11', { port: 30080 })).toMatchObject({ to: { service: { front: 'node-port' } } });
  expect(plan('shop/both', '192.0.2.11', { port: 22 })).toMatchObject({ to: { kind: 'node' }, plan: null });
});

it('a port said twice must be the same', () => {
  expect(refused(() => plan('shop/both', 'shop/web:80', { port: 81 }))).toMatchObject([{ field: 'port' }]);
  expect(plan('shop/both', 'shop/web:80', { port: 80 }).flow).toMatchObject({ port: 80 });
  expect(refused(() => plan('shop/both', '10.96.0.10:80', { port: 81 }))).toMatchObject([{ field: 'port' }]);
});

it('a port behind an address is the port of the question', () => {
  expect(plan('shop/both', '10.96.0.10:80')).toMatchObject({
    to: { kind: 'service', service: { front: 'cluster-ip', port: '80/tcp' } },
    flow: { to: '10.96.0.10', port: 80 },
  });
  expect(plan('shop/both', '[FD00::9]:53').flow).toEqual({ from: 'fd00::1', to: 'fd00::9', port: 53 });
  expect(plan('shop/both', '192.0.2.11:30080')).toMatchObject({ to: { service: { front: 'node-port' } } });
  expect(refused(() => plan('10.0.0.1:80', '10.96.0.10'))).toEqual([
    { field: 'from', message: "from must be an address without a port: '10.0.0.1:80'" },
  ]);
  expect(refused(() => plan('shop/both:80', '10.96.0.10'))).toEqual([
    { field: 'from', message: "from must be a name without a port: 'shop/both:80'" },
  ]);
});

it('a port behind a name is a decimal number as it is written', () => {
  const odd = ['10.96.0.10:080', 'pod/shop/six:080', 'pod/shop/six:0x50', 'node/w-1:030080', 'node/w-1:0x7580'];
  for (const to of odd) expect([to, refused(() => plan('shop/both', to))]).toMatchObject([to, [{ field: 'port' }]]);
});
