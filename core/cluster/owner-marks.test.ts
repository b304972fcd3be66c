import { expect, it } from 'vitest';
import { ownerMarked } from './owner-marks.ts';
import { ownershipOf } from './ownership.ts';

const helm = { 'meta.helm.sh/release-name': 'network', 'meta.helm.sh/release-namespace': 'kube-system' };
const reference = (apiVersion: string, kind: string, more = {}) => ({
  ownerReferences: [{ apiVersion, kind, name: 'net', uid: '00f3d09c-51f0-40a2-864b-9dcd4f88d206', ...more }],
});
const inventory = { 'config.k8s.io/owning-inventory': 'config-management-system_root-sync' };

/** What the tools write, taken from objects of theirs. */
it.each([
  [
    'a bundle of Rancher Fleet, which deploys as Helm',
    {
      annotations: { ...helm, 'objectset.rio.cattle.io/id': 'default-network-pools' },
      labels: {
        'objectset.rio.cattle.io/hash': '57231bea5c2f8f2f5d1a8a8d3c3c5ed2f0d0f3a1',
        'app.kubernetes.io/managed-by': 'Helm',
      },
    },
    'fleet',
    'gitops',
    'metadata.annotations.objectset.rio.cattle.io/id',
  ],
  [
    'an object set of another controller of Rancher',
    { annotations: { 'objectset.rio.cattle.io/id': 'provisioning-cluster-create' } },
    'rancher',
    'operator',
    'metadata.annotations.objectset.rio.cattle.io/id',
  ],
  [
    'a file in the manifests of k3s or RKE2, whose object set has an empty id',
    {
      annotations: {
        'objectset.rio.cattle.io/id': '',
        'objectset.rio.cattle.io/owner-gvk': 'k3s.cattle.io/v1, Kind=Addon',
        'objectset.rio.cattle.io/owner-name': 'pools',
        'objectset.rio.cattle.io/owner-namespace': 'kube-system',
      },
      labels: { 'objectset.rio.cattle.io/hash': 'bce283298811743a0386ab510f2f67ef74240c57' },
    },
    'Addon/pools',
    'operator',
    'metadata.annotations.objectset.rio.cattle.io/owner-gvk',
  ],
  [
    'an object set that Fleet owns',
    {
      annotations: {
        'objectset.rio.cattle.io/owner-gvk': 'fleet.cattle.io/v1alpha1, Kind=BundleDeployment',
        'objectset.rio.cattle.io/owner-name': 'net',
      },
    },
    'fleet',
    'gitops',
    'metadata.annotations.objectset.rio.cattle.io/owner-gvk',
  ],
  [
    'kapp',
    {
      labels: {
        'kapp.k14s.io/app': '1600468671765235154',
        'kapp.k14s.io/association': 'v1.d8db29936a13a6dcce60af89eb6e0cd2',
      },
      annotations: { 'kapp.k14s.io/identity': 'v1;/projectcalico.org/IPPool/net;projectcalico.org/v3' },
    },
    'kapp',
    'gitops',
    'metadata.labels.kapp.k14s.io/app',
  ],
  [
    'Argo CD with an instance label of its own',
    { labels: { 'argocd.argoproj.io/instance': 'network' } },
    'argocd',
    'gitops',
    'metadata.labels.argocd.argoproj.io/instance',
  ],
  [
    'Config Sync',
    { annotations: { ...inventory, 'configmanagement.gke.io/managed': 'enabled' } },
    'config-sync',
    'gitops',
    'metadata.annotations.configmanagement.gke.io/managed',
  ],
  [
    'kpt live apply and others with an inventory',
    { annotations: inventory },
    'cli-utils',
    'applier',
    'metadata.annotations.config.k8s.io/owning-inventory',
  ],
  ['Helm alone', { annotations: helm }, 'helm', 'gitops', 'metadata.annotations.meta.helm.sh/release-name'],
  [
    'Open Cluster Management, which leaves `controller` out',
    reference('work.open-cluster-management.io/v1', 'AppliedManifestWork'),
    'AppliedManifestWork/net',
    'operator',
    'metadata.ownerReferences',
  ],
  [
    'an owner of a type of its own that says it does not control',
    reference('operator.tigera.io/v1', 'Installation', { controller: false }),
    'Installation/net',
    'operator',
    'metadata.ownerReferences',
  ],
  [
    'a controlling owner of any type',
    reference('v1', 'Node', { controller: true }),
    'Node/net',
    'operator',
    'metadata.ownerReferences',
  ],
])('%s', (_, metadata, owner, kind, field) => {
  expect(ownerMarked(metadata)).toMatchObject({ owner, class: kind, evidence: { field } });
  // what was adopted before the mark came, or in spite of it, is not ours
  const ours = { manager: 'outgate', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:cidr': {} } } };
  expect(ownershipOf({ ...metadata, managedFields: [ours] })).toMatchObject({ owner, class: kind });
});

it('what Calico keeps of v3 in an object of crd.projectcalico.org/v1 counts, after what stands there itself', () => {
  const kept = (text: string) => ({ annotations: { 'projectcalico.org/metadata': text } });
  // as Tigera's operator and Calico's API server leave it
  const tigera =
    '{"generation":1,"creationTimestamp":"2026-04-01T18:58:29Z","labels":{"app.kubernetes.io/managed-by":"tigera-operator"}}';
  expect(ownerMarked(kept(tigera))).toEqual({
    owner: 'tigera-operator',
    class: 'operator',
    evidence: {
      field: 'metadata.annotations.projectcalico.org/metadata:labels.app.kubernetes.io/managed-by',
      value: 'tigera-operator',
    },
  });
  const argocd = '{"annotations":{"argocd.argoproj.io/tracking-id":"net:x"}}';
  expect(ownerMarked(kept(argocd))).toMatchObject({ owner: 'argocd', evidence: { value: 'net:x' } });
  const labels = { 'kapp.k14s.io/app': '17' };
  expect(ownerMarked({ ...kept(tigera), labels })).toMatchObject({ owner: 'kapp' });
  for (const odd of ['{', 'null', '[]', '"x"', '{"labels":[]}', '{"creationTimestamp":null}', '[['.repeat(50_000)]) {
    expect(ownerMarked(kept(odd))).toBeNull();
  }
});

it.each([
  ['a Node, with which it is deleted', reference('v1', 'Node')],
  ['a type of Kubernetes’ own', reference('rbac.authorization.k8s.io/v1', 'ClusterRole')],
  ['a reference without a type', reference('', 'Thing')],
  [
    'a label that anybody sets',
    { labels: { 'app.kubernetes.io/instance': 'net', 'app.kubernetes.io/managed-by': 'Helm' } },
  ],
  ['what Config Sync is told to leave alone', { annotations: { 'configmanagement.gke.io/managed': 'disabled' } }],
  ['a mark that is empty', { annotations: { 'argocd.argoproj.io/tracking-id': '', 'objectset.rio.cattle.io/id': '' } }],
  ['the hash of an object set alone', { labels: { 'objectset.rio.cattle.io/hash': 'bce283' } }],
  ['kubectl’s own set for pruning', { labels: { 'applyset.kubernetes.io/part-of': 'applyset-abc-v1' } }],
])('no mark: %s', (_, metadata) => {
  expect(ownerMarked(metadata)).toBeNull();
});

it('a controlling owner goes before one that is only named', () => {
  const [named] = reference('work.open-cluster-management.io/v1', 'AppliedManifestWork').ownerReferences;
  const [controlling] = reference('operator.tigera.io/v1', 'Installation', { controller: true }).ownerReferences;
  expect(ownerMarked({ ownerReferences: [named, controlling] })).toMatchObject({ owner: 'Installation/net' });
});
