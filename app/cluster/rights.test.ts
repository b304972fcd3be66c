import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { missingRoles, type Right, tasksOf } from './rights.ts';

const right = (verb: string, resource: string, group: string, allowed: boolean, at: Partial<Right> = {}): Right => ({
  verb,
  resource,
  group,
  allowed,
  ...at,
});
const lease = { namespace: 'outgate', name: 'outgate-controller' };
const rights = [
  right('list', 'ippools', 'projectcalico.org', true),
  right('watch', 'ippools', 'projectcalico.org', true),
  right('patch', 'ippools', 'projectcalico.org', false),
  right('create', 'ippools', 'projectcalico.org', false),
  right('delete', 'ippools', 'projectcalico.org', false),
  right('list', 'nodes', '', true),
  right('create', 'leases', 'coordination.k8s.io', false, { namespace: 'outgate' }),
  right('get', 'leases', 'coordination.k8s.io', false, lease),
  right('update', 'leases', 'coordination.k8s.io', false, lease),
  right('create', 'tokenreviews', 'authentication.k8s.io', true),
  right('get', 'widgets', 'example.com', true),
];

it('names each task once, what cannot be done first', () => {
  expect(tasksOf(rights)).toEqual([
    { words: 'Bring pools to what is desired', on: 'ippools.projectcalico.org', missing: ['patch', 'create'] },
    { words: 'Delete there what is deleted here', on: 'ippools.projectcalico.org', missing: ['delete'] },
    { words: 'Agree on one server that leads', on: 'leases.coordination.k8s.io', missing: ['create', 'get', 'update'] },
    { words: 'See the pools of the cluster', on: 'ippools.projectcalico.org', missing: [] },
    { words: 'Know the nodes and their addresses', on: 'nodes', missing: [] },
    { words: 'Know whose token an agent signs in by', on: 'tokenreviews.authentication.k8s.io', missing: [] },
    { words: 'Do get on widgets', on: 'widgets.example.com', missing: [] },
  ]);
});

it('writes the roles that are missing, and none where nothing is', () => {
  const documents = parseAllDocuments(missingRoles(rights)).map((document) => document.toJS());
  expect(documents).toEqual([
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'outgate-missing' },
      rules: [{ apiGroups: ['projectcalico.org'], resources: ['ippools'], verbs: ['patch', 'create', 'delete'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'outgate-missing', namespace: 'outgate' },
      rules: [
        { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
        {
          apiGroups: ['coordination.k8s.io'],
          resources: ['leases'],
          resourceNames: ['outgate-controller'],
          verbs: ['get', 'update'],
        },
      ],
    },
  ]);
  expect(missingRoles(rights.map((each) => ({ ...each, allowed: true })))).toBe('');
});
