import { expect, it } from 'vitest';
import { didNothingWords, holdingText, nobodyText, waits } from './holding-words.ts';

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

it('what moves no pool in the cluster is no node’s to hold', () => {
  const nodes = { holding: 0, total: 3 };
  const taken = { action: 'pool.update', nodes, before: { theirs: ['natOutgoing'] } };
  for (const action of ['pool.adopt', 'pool.release', 'pool.release-field', 'pool.decide-field']) {
    expect([holdingText({ action, nodes }), waits({ action, nodes })]).toEqual(['changes nothing on the nodes', false]);
  }
  expect([holdingText(taken), waits(taken)]).toEqual(['changes nothing on the nodes', false]);
  expect(holdingText({ ...taken, action: 'pool.delete', before: { theirs: [] } })).toBe('changes nothing on the nodes');
  expect(nobodyText(taken)).toContain('Nodes hold what the cluster had already');
  expect(waits({ action: 'pool.update', nodes, before: {} })).toBe(true);
  expect(holdingText({ action: 'pool.force', nodes, didNothing: 'it was deleted' })).toBe('did nothing');
});

it('the policy ask leaves the cluster as it is; enforce writes over what differs there', () => {
  const policy = (from: string, to: string) => ({
    action: 'pool.policy',
    nodes: { holding: 1, total: 3 },
    before: { policy: { from, to } },
  });
  const [ask, enforce] = [policy('enforce', 'ask'), policy('ask', 'enforce')];
  expect([holdingText(ask), waits(ask)]).toEqual(['changes nothing on the nodes', false]);
  expect(nobodyText(ask)).toContain('Nodes hold what the cluster had already');
  expect([holdingText(enforce), waits(enforce)]).toEqual(['1 of 3', true]);
  // of an older version, which did not keep which of the two it was
  expect(holdingText({ ...enforce, before: {} })).toBe('1 of 3');
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

it('what others wrote that is not taken, or cannot be read, is no node’s to hold', () => {
  const nodes = { holding: 2, total: 3 };
  const settings = { global: { natPortRange: '1:2' }, nodes: {} };
  const pool = { name: 'corp', spec: { cidr: '10.1.0.0/16' } };
  const live = { nodes, pools: 1 };
  const unmoved = [
    { ...live, action: 'settings.update', before: settings, after: settings, pools: 0 },
    { ...live, action: 'cluster.change', before: pool, after: pool },
    { ...live, action: 'cluster.change', before: [], after: [], pools: 150 },
    { ...live, action: 'cluster.change', before: [pool, pool], after: [pool, pool], pools: 2 },
    // it never could be read
    { ...live, action: 'cluster.change', before: null, after: null },
  ];
  for (const change of unmoved) {
    expect([holdingText(change), waits(change)]).toEqual(['changes nothing on the nodes', false]);
    expect(nobodyText(change)).toContain('Nodes hold what the cluster had already');
  }
  const made = { ...live, action: 'cluster.change', before: null, after: pool };
  // a list leaves out what many pools were and are
  const many = { ...made, after: null, pools: 101 };
  // what was decided already may be what the cluster lacks
  const ours = { ...live, action: 'pool.force', before: pool, after: pool };
  for (const change of [made, many, ours]) expect(holdingText(change)).toBe('2 of 3');
});

it('what is let go of settings changes nodes only where it goes from the cluster', () => {
  const gone = { action: 'settings.update', nodes: { holding: 2, total: 3 }, before: { letGo: ['natPortRange'] } };
  const kept = { ...gone, nodes: { holding: 0, total: 0 }, didNothing: 'it moved nothing in the cluster' };
  expect([holdingText(gone), holdingText(kept)]).toEqual(['2 of 3', 'changes nothing on the nodes']);
  expect(nobodyText(kept)).toContain('Nodes hold what the cluster had already');
});

it('what did nothing says where, and why', () => {
  const didNothing = 'it moved nothing in the cluster';
  expect(didNothingWords({ action: 'settings.update', didNothing })).toEqual({
    of: 'On the nodes',
    words: 'Nothing changes: it moved nothing in the cluster.',
  });
  expect(didNothingWords({ action: 'pool.force', didNothing: 'it was deleted' })?.words).toBe(
    'It was not applied: it was deleted. Nothing was written over by it.',
  );
  expect(didNothingWords({ action: 'pool.update' })).toBe(null);
});
