import { expect, it } from 'vitest';
import { EVERYWHERE } from './agent-placement.ts';
import { readLiveNode } from './live-node.ts';

const ready = (status: unknown, more: object = {}) => ({ type: 'Ready', status, ...more });
const node = (conditions: unknown) => ({ metadata: { name: 'n' }, status: { conditions } });

it('reads the condition Ready with its words', () => {
  const words = { reason: 'KubeletReady', message: 'it posts', lastTransitionTime: '2026-11-28T01:02:03Z' };
  const status = {
    addresses: [{ type: 'InternalIP', address: '192.0.2.7' }],
    conditions: [{ type: 'DiskPressure', status: 'False' }, ready('True', words)],
  };
  expect(readLiveNode({ metadata: { name: 'n' }, status }, EVERYWHERE)).toEqual({
    name: 'n',
    addresses: ['192.0.2.7'],
    ready: 'True',
    reason: 'KubeletReady',
    message: 'it posts',
    since: '2026-11-28T01:02:03.000Z',
    agentWanted: true,
  });
});

it.each([
  [undefined, 'Unknown'],
  [[], 'Unknown'],
  ['x', 'Unknown'],
  [[null, 7, ready('Unknown')], 'Unknown'],
  [[ready(true)], 'Unknown'],
  [[ready('False', { lastTransitionTime: 'soon', reason: 7, message: 'a\u0000b' })], 'False'],
])('takes whatever stands in an object: %#', (conditions, wanted) => {
  const read = readLiveNode(node(conditions), EVERYWHERE);
  expect(read).toMatchObject({ name: 'n', addresses: [], ready: wanted, since: null });
  expect(read.message).not.toContain('\u0000');
});
