import { expect, it } from 'vitest';
import { rangeWarnings } from './warnings.ts';

const codes = (cidr: string, ranges: Parameters<typeof rangeWarnings>[0] = {}): string[] =>
  rangeWarnings(ranges)({ name: 'p', spec: { cidr } }).map(({ code }) => code);

it.each([
  ['127.0.0.0/24', ['W_LOOPBACK']],
  ['126.0.0.0/7', ['W_LOOPBACK']],
  ['::/64', ['W_LOOPBACK']],
  ['239.1.0.0/16', ['W_MULTICAST']],
  ['ff02::/64', ['W_MULTICAST']],
  ['0.0.0.0/0', ['W_LOOPBACK', 'W_MULTICAST']],
  ['128.0.0.0/8', []],
  ['fe00::/8', []],
  ['10.0.0.0', []],
])('%s: %j', (cidr, expected) => {
  expect(codes(cidr)).toEqual(expected);
});

it('knows node and service ranges of both families, as addresses and CIDRs', () => {
  const ranges = {
    nodes: ['192.0.2.11', '192.0.2.12/24', '2001:db8:1::11'],
    services: ['10.96.0.0/12', 'fd00:96::/112'],
  };
  expect(codes('192.0.2.0/28', ranges)).toEqual(['W_NODE_RANGE', 'W_NODE_RANGE']);
  expect(codes('192.0.2.128/25', ranges)).toEqual(['W_NODE_RANGE']);
  expect(codes('2001:db8:1::/64', ranges)).toEqual(['W_NODE_RANGE']);
  expect(codes('10.0.0.0/8', ranges)).toEqual(['W_SERVICE_RANGE']);
  expect(codes('fd00:96::/64', ranges)).toEqual(['W_SERVICE_RANGE']);
  expect(codes('203.0.113.0/24', ranges)).toEqual([]);
});

it('says which range, and the pool as it is', () => {
  expect(
    rangeWarnings({ nodes: ['192.0.2.11', 'not an address'] })({ name: 'p', spec: { cidr: '192.0.2.0/24' } }),
  ).toEqual([
    {
      code: 'W_NODE_RANGE',
      field: 'spec.cidr',
      message: "IPPool CIDR '192.0.2.0/24' overlaps with the node range 192.0.2.11/32",
    },
  ]);
});
