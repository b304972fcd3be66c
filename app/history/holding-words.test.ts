import { expect, it } from 'vitest';
import { holdingText, nobodyText } from './holding-words.ts';

it('counts nodes, and says so where there is nothing to count', () => {
  expect(holdingText({ action: 'pool.update', nodes: { holding: 1200, total: 5000 } })).toBe('1,200 of 5,000');
  expect(holdingText({ action: 'pool.update', nodes: { holding: 0, total: 0 } })).toBe('no node yet');
  expect(holdingText({ action: 'hosts.update', nodes: { holding: 2, total: 3 } })).toBe('2 of 3');
});

it('node addresses that agents reported wait for no node while there is a cluster', () => {
  expect(holdingText({ action: 'hosts.update', nodes: { holding: 0, total: 0 } })).toBe('not for nodes');
  expect(nobodyText({ action: 'hosts.update' })).toContain('its Node objects say them');
  expect(nobodyText({ action: 'pool.update' })).toContain('No node had joined');
});

it('force that did nothing waits for no node', () => {
  const change = {
    action: 'pool.force',
    nodes: { holding: 0, total: 0 },
    didNothing: 'the pool was deleted in the cluster',
  };
  expect(holdingText(change)).toBe('did nothing');
  expect(nobodyText(change)).toContain('no node ever takes it');
});
