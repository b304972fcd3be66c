import { expect, it } from 'vitest';
import { formatAddress } from '../net/address.ts';
import { type Prefix, parsePrefix } from '../net/prefix.ts';
import { usedAddresses } from './ipam-block.ts';

const prefix = (text: string): Prefix => {
  const parsed = parsePrefix(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
};
const block = (spec: object) => ({ spec: { affinity: 'host:w-1', attributes: [], ...spec } });
const ofPod = { handle_id: 'k8s-pod-network.1', secondary: { namespace: 'shop', pod: 'web-1', node: 'w-2' } };
const ofTunnel = { handle_id: 'vxlan-tunnel-addr-w-1', secondary: { node: 'w-1', type: 'vxlanTunnelAddress' } };
const read = (object: unknown, pool = '10.1.0.0/16') =>
  usedAddresses(object, prefix(pool))?.map(({ address, pod, node, purpose }) => [
    formatAddress(address),
    pod === null ? null : `${pod.namespace}/${pod.name}`,
    node,
    purpose,
  ]);

it('each place that is taken is an address of a pod, or of what the attributes say', () => {
  const spec = { cidr: '10.1.2.0/29', allocations: [1, null, 0, 2, null], attributes: [ofPod, ofTunnel] };
  expect(read(block(spec))).toEqual([
    ['10.1.2.0', null, 'w-1', 'vxlanTunnelAddress'],
    ['10.1.2.2', 'shop/web-1', 'w-2', null],
    ['10.1.2.3', null, 'w-1', null],
  ]);
  expect(read(block({ cidr: 'fd00:1::/122', allocations: [null, 0], attributes: [ofPod] }), 'fd00:1::/64')).toEqual([
    ['fd00:1::1', 'shop/web-1', 'w-2', null],
  ]);
});

it('only what lies in the pool and in the block counts; a block that is given back holds nothing', () => {
  const spec = { cidr: '10.1.2.0/30', allocations: [0, 0, 0, 0, 0], attributes: [ofPod] };
  expect(read(block(spec))).toHaveLength(4);
  expect(read(block(spec), '10.1.2.2/31')).toHaveLength(2);
  expect(read(block(spec), '10.2.0.0/16')).toEqual([]);
  expect(read(block(spec), 'fd00:1::/64')).toEqual([]);
  expect(read(block({ ...spec, deleted: true }))).toEqual([]);
});

it('what is no block is named, and odd attributes are no one’s', () => {
  for (const odd of [null, {}, block({}), block({ cidr: 'x', allocations: [] }), block({ cidr: '10.1.2.0/30' })])
    expect(read(odd)).toBe(undefined);
  const spec = { cidr: '10.1.2.0/30', affinity: 7, allocations: [0, 1, 'x'], attributes: [null, { secondary: [] }] };
  expect(read(block(spec))).toEqual([
    ['10.1.2.0', null, null, null],
    ['10.1.2.1', null, null, null],
  ]);
});
