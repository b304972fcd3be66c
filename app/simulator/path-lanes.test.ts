import { expect, it } from 'vitest';
import { arrange, type TruthAnswer } from './answers.ts';
import { endText, lanesOf, laneWords } from './path-lanes.ts';

const ends = { from: '192.168.1.10', sport: null, to: '198.51.100.10', port: 443 };
const snat: TruthAnswer = {
  truth: 'desired',
  node: null,
  revision: null,
  at: null,
  verdict: 'SNAT',
  code: 'SNAT_MASQUERADE',
  source: { address: '192.0.2.11', interface: 'up0', ports: [1024, 65535] },
  steps: [],
};
const keep: TruthAnswer = {
  ...snat,
  verdict: 'NO_SNAT',
  code: 'NO_SNAT_DESTINATION_IN_POOL',
  source: { address: null, interface: 'up0', ports: null },
};
const on = (node: string, answer: TruthAnswer): TruthAnswer => ({ ...answer, truth: 'node', node });

it('draws one lane for truths that agree', () => {
  const lanes = lanesOf(arrange([snat, on('node-1', snat), on('node-2', keep)], 'node-1'), ends);
  expect(lanes.map(({ label, seen, reply }) => [label, seen, reply])).toEqual([
    ['Desired and node-1, programmed', '192.0.2.11', 'restored'],
  ]);
});

it('draws one lane more for the node that disagrees', () => {
  const lanes = lanesOf(arrange([snat, on('node-1', keep)], 'node-1'), ends);
  expect(lanes.map(({ label, disagrees, reply }) => [label, disagrees, reply])).toEqual([
    ['Desired', false, 'restored'],
    ['node-1, programmed', true, 'needs-route'],
  ]);
});

it('groups nodes that say the same when no node hosts the source', () => {
  const lanes = lanesOf(arrange([snat, on('a', snat), on('b', keep), on('c', keep)], null), ends);
  expect(lanes.map(({ label }) => label)).toEqual(['Desired and a, programmed', 'b and 1 more, programmed']);
});

it('draws the cluster as a lane of its own when it is not as desired, with the nodes that follow it', () => {
  const live = (answer: TruthAnswer): TruthAnswer => ({ ...answer, truth: 'live' });
  const labels = (answers: TruthAnswer[], host: string) =>
    lanesOf(arrange(answers, host), ends).map(({ label }) => label);
  expect(labels([snat, live(keep), on('node-1', keep)], 'node-1')).toEqual(['Desired', 'Live and node-1, programmed']);
  expect(labels([snat, live(snat), on('node-1', keep)], 'node-1')).toEqual(['Desired and live', 'node-1, programmed']);
  expect(labels([snat, live(keep), on('node-1', snat)], 'node-1')).toEqual(['Desired and node-1, programmed', 'Live']);
});

it('draws no way back for what stays on the node', () => {
  const local = { ...keep, code: 'NO_SNAT_DESTINATION_IS_LOCAL' as const };
  expect(lanesOf(arrange([local], null), ends)[0]).toMatchObject({ onWire: false, reply: 'none' });
});

it('says in words what the picture shows', () => {
  const [lane] = lanesOf(arrange([snat, on('node-1', snat)], 'node-1'), ends);
  expect(lane && laneWords(lane, ends, 'node-1')).toEqual([
    'The pod sends from 192.168.1.10 to 198.51.100.10:443.',
    'On node-1 NAT rewrites the source to 192.0.2.11:1024–65535.',
    '198.51.100.10:443 sees it from 192.0.2.11.',
    'The reply goes to 192.0.2.11; node-1 restores 192.168.1.10.',
  ]);
});

it('writes IPv6 ends with brackets only before a port', () => {
  expect([endText('fd00::1', null), endText('fd00::1', 53)]).toEqual(['fd00::1', '[fd00::1]:53']);
});

it('draws no second lane for addresses that differ only because the node is not known', () => {
  const open: TruthAnswer = { ...snat, source: { address: null, interface: null, ports: [1024, 65535] } };
  const other: TruthAnswer = { ...snat, source: { ...snat.source, address: '192.0.2.12' } };
  const lanes = lanesOf(arrange([open, on('a', snat), on('b', other)], null), ends);
  expect(lanes.map(({ label, seen }) => [label, seen])).toEqual([
    ['Desired and a and 1 more, programmed', 'the node’s address'],
  ]);
});
