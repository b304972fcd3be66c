import { expect, it } from 'vitest';
import { ownershipOf } from '../../core/cluster/ownership.ts';
import { sourceWords } from './source-words.ts';

const claim = (manager: string, operation = 'Apply') => ({
  managedFields: [{ manager, operation, fieldsV1: { 'f:spec': { 'f:cidr': {} } } }],
});
const labels = (key: string, value: string) => ({ labels: { [key]: value } });
const annotations = (key: string, value: string) => ({ annotations: { [key]: value } });

it.each<[object, string]>([
  [labels('app.kubernetes.io/managed-by', 'tigera-operator'), 'Installation default of Tigera’s operator'],
  [
    { ownerReferences: [{ apiVersion: 'operator.tigera.io/v1', kind: 'Installation', name: 'default' }] },
    'Installation default of Tigera’s operator',
  ],
  [
    annotations('argocd.argoproj.io/tracking-id', 'net:projectcalico.org/IPPool:/a'),
    'the Git repository of Argo CD application net',
  ],
  [labels('argocd.argoproj.io/instance', 'net'), 'the Git repository of Argo CD application net'],
  [claim('argocd-controller'), 'the Git repository of its Argo CD application'],
  [labels('kustomize.toolkit.fluxcd.io/name', 'infra'), 'the Git repository of Flux kustomization infra'],
  [labels('helm.toolkit.fluxcd.io/name', 'calico'), 'Flux Helm release calico'],
  [claim('kustomize-controller'), 'the source that Flux follows'],
  [annotations('meta.helm.sh/release-name', 'calico'), 'Helm release calico'],
  [claim('helm', 'Update'), 'its Helm release'],
  [annotations('configmanagement.gke.io/managed', 'enabled'), 'the repository of Config Sync'],
  [labels('kapp.k14s.io/app', '17'), 'the files of kapp app 17'],
  [annotations('config.k8s.io/owning-inventory', 'net-1'), 'the files of inventory net-1'],
  [annotations('objectset.rio.cattle.io/id', 'x'), 'what rancher makes it from'],
  [{ ownerReferences: [{ apiVersion: 'k3s.cattle.io/v1', kind: 'Addon', name: 'net' }] }, 'Addon/net'],
  [claim('terraform'), 'what terraform makes it from'],
  // anybody may be a manager of this name, and has no Installation
  [claim('tigera-operator'), 'what tigera-operator makes it from'],
])('%j is changed in %s', (metadata, source) => {
  expect(sourceWords(ownershipOf(metadata))).toBe(source);
});
