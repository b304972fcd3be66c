/** Where a pool of others is changed, as the end of "It is changed in …", from what its owner was told from. Pure. */
import { isTigeras, type Owned } from '../../core/cluster/copy-patch.ts';

export function sourceWords(pool: Owned & { evidence: { field: string; value: string } | null }): string {
  const { owner, evidence } = pool;
  if (isTigeras(pool)) return 'Installation default of Tigera’s operator';
  const { field = '', value = '' } = evidence ?? {};
  const mark = field.startsWith('metadata.managedFields') ? null : value;
  switch (owner) {
    case 'argocd':
      // a tracking id is `APPLICATION:GROUP/KIND:NAMESPACE/NAME`, the label is the application alone
      return mark === null
        ? 'the Git repository of its Argo CD application'
        : `the Git repository of Argo CD application ${mark.split(':')[0]}`;
    case 'flux':
      if (field.includes('helm.toolkit')) return `Flux Helm release ${value}`;
      return mark === null ? 'the source that Flux follows' : `the Git repository of Flux kustomization ${mark}`;
    case 'helm':
      return mark === null ? 'its Helm release' : `Helm release ${mark}`;
    case 'fleet':
      return 'the Git repository of Fleet';
    case 'config-sync':
      return 'the repository of Config Sync';
    case 'kapp':
      return `the files of kapp app ${value}`;
    case 'cli-utils':
      return `the files of inventory ${value}`;
  }
  // an object's controlling owner: `Addon/calico`
  return pool.class === 'operator' && owner.includes('/') ? owner : `what ${owner} makes it from`;
}
