import { expect, it } from 'vitest';
import { addedViolations, ontoTheirs, savedForm, withField, withoutNode } from './settings-draft.ts';

const none = { global: {}, nodes: {} };

it('sets a field for all nodes or for one, and unsets it with empty text', () => {
  const global = withField(none, null, 'natPortRange', ' 1024:2048 ');
  expect(global.global).toEqual({ natPortRange: '1024:2048' });
  expect(withField(global, null, 'natPortRange', '').global).toEqual({});
  expect(withField(none, 'n', 'natOutgoingExclusions', 'IPPoolsAndHostIPs').nodes).toEqual({
    n: { natOutgoingExclusions: 'IPPoolsAndHostIPs' },
  });
  expect(withField(none, null, 'natOutgoingExclusions', 'Everything').global).toEqual({});
});

it('saves no node that overrides nothing', () => {
  const draft = withField(withField(none, 'a', 'natPortRange', '1:2'), 'b', 'natPortRange', '');
  expect(savedForm(draft).nodes).toEqual({ a: { natPortRange: '1:2' } });
  expect(withoutNode(draft, 'a').nodes).toEqual({ b: {} });
});

it('blocks only what gets worse', () => {
  const old = { rule: 'N3', field: 'global.natPortRange', message: 'old' };
  const fresh = { rule: 'N4', field: 'global.x', message: 'new' };
  expect(addedViolations([old], [old, fresh])).toEqual([fresh]);
});

it('keeps mine on top of theirs, field by field: what I did not touch is as they saved it', () => {
  const began = {
    global: { natPortRange: '1:2', natOutgoingAddress: '192.0.2.1' },
    nodes: { a: { natPortRange: '3:4' } },
  };
  const mine = {
    global: { natPortRange: '5:6', natOutgoingAddress: '192.0.2.1' },
    nodes: { b: { natPortRange: '7:8' } },
  };
  const theirs = {
    global: { natPortRange: '9:9', natOutgoingExclusions: 'IPPoolsOnly' as const },
    nodes: { a: { natPortRange: '3:4', natOutgoingAddress: '192.0.2.3' }, c: { natPortRange: '1:1' } },
  };
  expect(savedForm(ontoTheirs(began, mine, theirs))).toEqual({
    global: { natPortRange: '5:6', natOutgoingExclusions: 'IPPoolsOnly' },
    nodes: { a: { natOutgoingAddress: '192.0.2.3' }, b: { natPortRange: '7:8' }, c: { natPortRange: '1:1' } },
  });
});

it('a node that one of us took away is gone from the form too; one that I just added stays', () => {
  const began = { global: {}, nodes: { a: { natPortRange: '1:2' }, b: { natPortRange: '3:4' } } };
  const mine = { global: {}, nodes: { b: { natPortRange: '3:4' }, c: {} } };
  const theirs = { global: {}, nodes: { a: { natPortRange: '1:2' } } };
  expect(ontoTheirs(began, mine, theirs).nodes).toEqual({ c: {} });
});
