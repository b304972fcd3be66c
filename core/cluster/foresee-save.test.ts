import { expect, it } from 'vitest';
import type { PoolSpec } from '../pool/spec.ts';
import { foreseeSave, type Save } from './foresee-save.ts';
import { type LivePool, readLivePool } from './live-pool.ts';

const claim = (manager: string, operation: string, fields: Record<string, object>): object => ({
  manager,
  operation,
  fieldsV1: { 'f:spec': fields },
});
const both = { 'f:cidr': {}, 'f:natOutgoing': {} };
const ours = claim('outgate', 'Apply', both);
const creator = claim('kubectl-create', 'Update', both);

function live(managedFields: readonly object[], spec: object = stored, extra: object = {}): LivePool {
  const metadata = { name: 'a', uid: 'u1', resourceVersion: '7', managedFields, ...extra };
  const read = readLivePool({ metadata, spec });
  if (read === null) throw new Error('not an object');
  return read;
}

const stored: PoolSpec = { cidr: '10.1.0.0/16', natOutgoing: true };
const off: PoolSpec = { ...stored, natOutgoing: false };
const saved = (over: Partial<Save>): ReturnType<typeof foreseeSave> =>
  foreseeSave({
    pool: { name: 'a', spec: off },
    shown: stored,
    live: live([ours, creator]),
    applied: { uid: 'u1', version: 5 },
    remade: false,
    policy: 'ask',
    released: [],
    ...over,
  });

it('a field that is changed and that another holds too: contested, until force or its release', () => {
  expect(saved({})).toEqual([
    {
      code: 'W_CLUSTER_FIELD_HELD',
      field: 'spec.natOutgoing',
      message:
        'natOutgoing is held in the cluster by kubectl-create: this save will be contested, and nothing of it is written ' +
        'there until ours is applied by force or the field is released',
    },
  ]);
  // adopted, and not claimed by us yet
  expect(saved({ live: live([creator]) })).toMatchObject([{ field: 'spec.natOutgoing' }]);
});

it('the policy enforce takes the field from them', () => {
  expect(saved({ policy: 'enforce' })).toMatchObject([
    {
      code: 'W_CLUSTER_FIELD_HELD',
      message: 'natOutgoing is held in the cluster by kubectl-create: the policy enforce takes it from them',
    },
  ]);
});

it('nothing of what is not changed, of what we hold alone, and of what is made anew', () => {
  expect(saved({ pool: { name: 'a', spec: stored } })).toEqual([]);
  expect(saved({ live: live([ours, claim('kubectl-create', 'Update', { 'f:cidr': {} })]) })).toEqual([]);
  expect(saved({ live: null, applied: null, shown: null })).toEqual([]);
  expect(saved({ pool: { name: 'a', spec: { ...stored, disabled: true } } })).toEqual([]);
});

it('what keeps one field from being written keeps the others too, also where this save does not change it', () => {
  const contested = live([claim('outgate', 'Apply', { 'f:cidr': {} }), creator]);
  const spec = { ...off, disabled: true };
  expect(saved({ live: contested, shown: off, pool: { name: 'a', spec } })).toMatchObject([
    { field: 'spec.natOutgoing', code: 'W_CLUSTER_FIELD_HELD' },
  ]);
});

it('a released field is the cluster’s, unless another value of it is saved', () => {
  const held = live([claim('outgate', 'Apply', { 'f:cidr': {} }), creator]);
  expect(saved({ live: held, released: ['natOutgoing'], pool: { name: 'a', spec: stored } })).toEqual([]);
  expect(saved({ live: held, released: ['natOutgoing'] })).toMatchObject([{ field: 'spec.natOutgoing' }]);
});

it('items of a set that others hold stay there: a set is no conflict, and force takes none of them', () => {
  const spec = { ...stored, allowedUses: ['Workload', 'Tunnel'] };
  const set = (...items: string[]) => ({
    ...both,
    'f:allowedUses': Object.fromEntries(items.map((item) => [`v:"${item}"`, {}])),
  });
  const found = live(
    [claim('outgate', 'Apply', set('Workload')), claim('kubectl-edit', 'Update', set('Tunnel'))],
    spec,
  );
  const fewer: PoolSpec = { ...stored, allowedUses: ['Workload'] };
  for (const policy of ['ask', 'enforce'] as const) {
    expect(saved({ live: found, policy, pool: { name: 'a', spec: fewer } })).toMatchObject([
      {
        code: 'W_CLUSTER_FIELD_HELD',
        field: 'spec.allowedUses',
        message:
          'allowedUses has items in the cluster that kubectl-edit holds: they stay there until taken away by them, ' +
          'or the field is released',
      },
    ]);
  }
});

it('a pool of the name that is there already, and is not ours: whose it is, and the way on', () => {
  const unknown = { shown: null, applied: null };
  const [hand] = saved({ ...unknown, live: live([creator]) });
  expect(hand).toEqual({
    code: 'W_CLUSTER_HAS_POOL',
    field: 'metadata.name',
    message:
      "the cluster has a pool 'a' already, of kubectl: saved here, this one is OutOfSync, and theirs stays as it is. " +
      'Adopt theirs on the Cluster page instead, and change it then',
  });
  const helm = live([creator], stored, { annotations: { 'meta.helm.sh/release-name': 'net' } });
  expect(saved({ ...unknown, live: helm })).toMatchObject([
    {
      code: 'W_CLUSTER_HAS_POOL',
      message:
        "the cluster has a pool 'a' already, of helm: saved here, this one is OutOfSync, and theirs stays as it is. " +
        'Change it where it comes from',
    },
  ]);
  const going = live([creator]);
  expect(saved({ ...unknown, live: { ...going, deleting: true } })).toMatchObject([
    { code: 'W_CLUSTER_HAS_POOL', message: expect.stringContaining('It is being deleted: wait until it is gone') },
  ]);
  // ours, and others delete it
  expect(saved({ live: { ...live([ours]), deleting: true } })).toMatchObject([
    { code: 'W_CLUSTER_POOL_GOES', message: expect.stringMatching(/it is gone, ours can be made again/) },
  ]);
  expect(saved({ live: { ...live([ours]), deleting: true }, policy: 'enforce' })).toMatchObject([
    { code: 'W_CLUSTER_POOL_GOES', message: expect.stringMatching(/it is made again by the policy enforce/) },
  ]);
  // ours, deleted here and made again
  const held = { ...live([ours]), deleting: true, finalizers: ['example.com/wait'] };
  expect(saved({ shown: null, live: held, remade: true })).toEqual([
    {
      code: 'W_CLUSTER_POOL_GOES',
      field: 'metadata.name',
      message:
        "the cluster's pool 'a' was deleted here and goes first, and the finalizer example.com/wait holds it there: " +
        'what is saved is made by itself when it is gone',
    },
  ]);
  expect(saved({ shown: null, live: { ...live([ours]), deleting: true }, remade: true })).toEqual([]);
  // saved all the same
  expect(saved({ applied: null, live: live([creator]) })).toMatchObject([
    { message: expect.stringContaining('Take theirs, or release ours, on the pool’s page') },
  ]);
  expect(saved({ ...unknown, live: live([ours]) })).toEqual([]);
});

it('what goes because it was deleted here keeps nothing that is made again', () => {
  const moved = { name: 'a', spec: { ...stored, cidr: '10.2.0.0/16' } };
  expect(saved({ pool: moved })).not.toEqual([]);
  expect(saved({ pool: moved, shown: null, remade: true })).toEqual([]);
});
