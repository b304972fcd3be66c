import { expect, it } from 'vitest';
import { EVERYWHERE, placesAgent, type Toleration } from './agent-placement.ts';

const node = (labels: unknown, ...taints: unknown[]) => ({ metadata: { name: 'n', labels }, spec: { taints } });
const linux = { 'kubernetes.io/os': 'linux' };
const taint = (key: string, effect: string, value?: string) => ({ key, effect, ...(value && { value }) });

it.each([
  ['every label that is selected', { a: '1', b: '2' }, { ...linux, a: '1', b: '2' }, true],
  ['one that differs', { a: '1' }, { a: '2' }, false],
  ['one that is missing', { a: '1' }, linux, false],
  ['nothing selected', {}, {}, true],
  ['labels that are none', { a: '1' }, 'x', false],
])('selects by labels: %s', (_name, nodeSelector, labels, wanted) => {
  expect(placesAgent({ ...EVERYWHERE, nodeSelector }, node(labels))).toBe(wanted);
});

const gpu = taint('gpu', 'NoSchedule', 'yes');
const rows: [string, Toleration[], unknown[], boolean][] = [
  ['none needed', [], [], true],
  ['a taint nobody tolerates', [], [gpu], false],
  ['one that only would rather not', [], [taint('gpu', 'PreferNoSchedule')], true],
  ['everything', [{ operator: 'Exists' }], [gpu, taint('x', 'NoExecute')], true],
  ['a key, whatever its value', [{ key: 'gpu', operator: 'Exists' }], [gpu], true],
  ['a key and its value', [{ key: 'gpu', value: 'yes' }], [gpu], true],
  ['a key and another value', [{ key: 'gpu', operator: 'Equal', value: 'no' }], [gpu], false],
  ['another effect', [{ key: 'gpu', operator: 'Exists', effect: 'NoExecute' }], [gpu], false],
  ['one of two', [{ key: 'gpu', operator: 'Exists' }], [gpu, taint('x', 'NoSchedule')], false],
  ['no key without Exists', [{ value: 'yes' }], [gpu], false],
  ['a node that is cordoned', [], [taint('node.kubernetes.io/unschedulable', 'NoSchedule')], true],
  ['a node that is away', [], [taint('node.kubernetes.io/unreachable', 'NoExecute')], true],
  ['taints that are none', [], ['x', null, { effect: 'NoSchedule' }], false],
];
it.each(rows)('tolerates: %s', (_name, tolerations, taints, wanted) => {
  expect(placesAgent({ nodeSelector: {}, tolerations }, node(linux, ...taints))).toBe(wanted);
});

it('nowhere is nowhere', () => {
  expect(placesAgent(null, node(linux))).toBe(false);
});

it('takes whatever stands in an object', () => {
  for (const object of [null, 7, {}, { metadata: 7, spec: { taints: 'x' } }]) {
    expect(placesAgent(EVERYWHERE, object)).toBe(true);
  }
});
