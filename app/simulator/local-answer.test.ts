import { expect, it } from 'vitest';
import { deciderOf, localAnswer } from './local-answer.ts';

const state = {
  pools: [{ name: 'a', spec: { cidr: '192.168.0.0/16', natOutgoing: true } }],
  settings: { global: {}, nodes: {} },
  revision: 'r1',
};

it('answers as the server would, without a node', () => {
  const decider = deciderOf(state, undefined);
  const flow = { from: '192.168.1.10', to: '198.51.100.10' };
  expect(decider && localAnswer(decider, flow, 'r1').answer).toMatchObject({
    truth: 'desired',
    verdict: 'SNAT',
    code: 'SNAT_MASQUERADE',
    revision: 'r1',
  });
});

it('says which field cannot be read', () => {
  const decider = deciderOf(state, undefined);
  const result = decider && localAnswer(decider, { from: 'pod-9', to: '1' }, 'r1');
  expect(result?.answer).toBeNull();
  expect(result?.errors.map(({ field }) => field)).toEqual(['from', 'to']);
});

it('does not answer where node addresses decide, nor with settings that do not hold', () => {
  const exempt = { global: { natOutgoingExclusions: 'IPPoolsAndHostIPs' as const }, nodes: {} };
  expect(deciderOf({ ...state, settings: exempt }, undefined)).toBeNull();
  expect(deciderOf({ ...state, settings: { global: {}, nodes: { n: exempt.global } } }, 'n')).toBeNull();
  expect(deciderOf({ ...state, settings: { global: { natPortRange: '9-1' }, nodes: {} } }, undefined)).toBeNull();
});
