import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { lostFields, specClaims } from './managed-fields.ts';
import { ownershipOf } from './ownership.ts';

interface Case {
  readonly writer: string;
  readonly expect: {
    readonly owner: string;
    readonly class: string;
    readonly shared?: string[];
    readonly applied?: string[];
    readonly lost?: string[];
  };
  readonly metadata: { readonly managedFields?: unknown };
}

const { cases } = JSON.parse(readFileSync(new URL('./fixtures/managed-fields.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

it.each(cases.map((one) => [one.writer, one] as const))('%s', (_, { metadata, expect: expected }) => {
  const found = ownershipOf(metadata);
  expect(found).toMatchObject({ owner: expected.owner, class: expected.class, shared: expected.shared ?? [] });
  if (expected.lost === undefined) return;
  const claims = specClaims(metadata);
  const applied = expected.applied ?? ['cidr', 'natOutgoing'];
  expect(lostFields(claims, applied)).toEqual(expected.lost);
});

it('marks beat names: a mark of Argo CD on a pool that claims to be ours', () => {
  const ours = { manager: 'outgate', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:cidr': {} } } };
  expect(ownershipOf({ managedFields: [ours] }).class).toBe('managed');
  const annotations = { 'argocd.argoproj.io/tracking-id': 'net' };
  expect(ownershipOf({ managedFields: [ours], annotations })).toMatchObject({
    owner: 'argocd',
    class: 'gitops',
    evidence: { field: 'metadata.annotations.argocd.argoproj.io/tracking-id', value: 'net' },
  });
});

it.each([
  ['argocd-controller', 'Update', 'argocd'],
  ['argocd-controller', 'Apply', 'argocd'],
  ['kustomize-controller', 'Apply', 'flux'],
  ['helm', 'Update', 'helm'],
])('what %s wrote by %s without a mark is a GitOps tool’s, also after an adoption', (manager, operation, owner) => {
  const theirs = { manager, operation, fieldsV1: { 'f:spec': { 'f:cidr': {}, 'f:natOutgoing': {} } } };
  const ours = { manager: 'outgate', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:cidr': {} } } };
  // the only label by which Argo CD 2 tracks, and which anybody may set
  const labels = { 'app.kubernetes.io/instance': 'network' };
  for (const managedFields of [[theirs], [ours, theirs]]) {
    expect(ownershipOf({ labels, managedFields })).toMatchObject({
      owner,
      class: 'gitops',
      evidence: { field: 'metadata.managedFields', value: `${manager}/${operation}` },
    });
  }
  const touched = { manager, operation, fieldsV1: { 'f:spec': { 'f:disabled': {} } } };
  expect(
    ownershipOf({
      managedFields: [
        { ...ours, manager: 'kubectl' },
        { ...touched, operation: 'Update' },
      ],
    }).class,
  ).toBe('hand');
});

it('who applies some of a pool that we apply shares it, and owns it only where we apply nothing', () => {
  const applies = (manager: string, ...fields: string[]) => ({
    manager,
    operation: 'Apply',
    fieldsV1: { 'f:spec': Object.fromEntries(fields.map((field) => [`f:${field}`, {}])) },
  });
  const gateway = applies('gateway', 'cidr', 'natOutgoing');
  expect(ownershipOf({ managedFields: [applies('outgate', 'cidr'), gateway] })).toMatchObject({
    owner: 'outgate',
    class: 'managed',
    shared: ['gateway'],
  });
  // the cidr was written over by Update: it is still a pool that we apply
  expect(ownershipOf({ managedFields: [applies('outgate', 'natOutgoing'), gateway] }).class).toBe('hand');
  expect(ownershipOf({ managedFields: [gateway] })).toMatchObject({ owner: 'gateway', class: 'applier' });
});

it('a controlling owner reference makes it the operator’s', () => {
  const ownerReferences = [
    { kind: 'Other', name: 'x' },
    { kind: 'Installation', name: 'default', controller: true },
  ];
  expect(ownershipOf({ ownerReferences })).toMatchObject({ owner: 'Installation/default', class: 'operator' });
});

it('nonsense in the metadata is nobody’s claim', () => {
  for (const metadata of [undefined, null, 7, 'x', [], { managedFields: 7 }, { managedFields: [null, 7, {}] }]) {
    expect(ownershipOf(metadata)).toEqual({ owner: 'unknown', class: 'hand', shared: [], evidence: null });
  }
  const odd = { manager: 7, operation: 'Apply', fieldsV1: { 'f:spec': { 'f:cidr': {} } } };
  expect(specClaims({ managedFields: [odd, { ...odd, manager: 'a', operation: 'Other' }] })).toEqual([]);
});
