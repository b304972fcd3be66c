import { expect, it } from 'vitest';
import { deciderOf, localAnswer } from './local-answer.ts';

const state = {
  pools: [{ name: 'a', spec: { cidr: '192.168.0.0/16', natOutgoing: true } }],
  settings: { global: {}, nodes: {} },
  hosts: [],
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

it('follows the settings of the node that hosts the source', () => {
  const exempt = { global: {}, nodes: { n: { natOutgoingExclusions: 'IPPoolsAndHostIPs' as const } } };
  const flow = { from: '192.168.1.10', to: '192.0.2.12' };
  const code = (node: string | undefined) => {
    const decider = deciderOf({ ...state, settings: exempt, hosts: ['192.0.2.12'] }, node);
    return decider && localAnswer(decider, flow, 'r1').answer?.code;
  };
  expect(code('n')).toBe('NO_SNAT_DESTINATION_IS_NODE');
  expect(code(undefined)).toBe('SNAT_MASQUERADE');
});

it('does not answer with settings that do not hold', () => {
  expect(deciderOf({ ...state, settings: { global: { natPortRange: '9-1' }, nodes: {} } }, undefined)).toBeNull();
});
