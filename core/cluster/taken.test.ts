import { expect, it } from 'vitest';
import { readLivePool } from './live-pool.ts';
import { takenByEnforce } from './taken.ts';

const spec = { cidr: '10.1.0.0/16', natOutgoing: true, allowedUses: ['Tunnel', 'Workload'] };
const claim = (manager: string, operation: string, fields: object) => ({
  manager,
  operation,
  fieldsV1: { 'f:spec': fields },
});
const live = readLivePool({
  metadata: {
    name: 'a',
    uid: 'u1',
    resourceVersion: '7',
    managedFields: [
      claim('outgate', 'Apply', { 'f:cidr': {} }),
      claim('kubectl-edit', 'Update', { 'f:natOutgoing': {}, 'f:allowedUses': { 'v:"Tunnel"': {} } }),
      claim('nightly-job', 'Update', { 'f:cidr': {}, 'f:nodeSelector': {} }),
    ],
  },
  spec,
});
const taken = (over: object, uid = 'u1') =>
  live === null
    ? null
    : takenByEnforce({ name: 'a', spec: { ...spec, ...over } as never }, { live, uid, remade: false }, []);

it('what is written over by the policy is taken from who holds it, and from nobody else', () => {
  expect(taken({ natOutgoing: false })).toEqual([{ field: 'natOutgoing', managers: ['kubectl-edit'] }]);
  expect(taken({})).toEqual([]);
  expect(taken({ disabled: true })).toEqual([]);
  // another object than ours is not written
  expect(taken({ natOutgoing: false }, 'u2')).toEqual([]);
});

it('items of a set that others hold stay there: they are not taken', () => {
  expect(taken({ allowedUses: ['Workload'] })).toEqual([]);
});
