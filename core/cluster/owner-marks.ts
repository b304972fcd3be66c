/** The marks that tools leave in an object's metadata, and what they say of who decides about it. */
import { fieldsOf } from '../calico/object.ts';
import { printable } from '../net/quote.ts';

export interface Marked {
  readonly owner: string;
  readonly class: 'gitops' | 'operator' | 'applier';
  /** the field that says so, and its value */
  readonly evidence: { readonly field: string; readonly value: string };
}

/** Tigera's operator: what it makes stands in its Installation. */
export const TIGERA = 'tigera-operator';

interface Mark {
  readonly at: 'labels' | 'annotations';
  readonly key: string;
  /** undefined: any value, but no empty one */
  readonly value?: string;
  readonly owner: string;
  readonly class: Marked['class'];
}

/**
 * The order decides: what one tool renders for another carries the marks of both. A chart that Argo CD or Fleet deploys has
 * Helm's, and what Config Sync applies has an inventory.
 */
const marks: readonly Mark[] = [
  {
    at: 'labels',
    key: 'app.kubernetes.io/managed-by',
    value: TIGERA,
    owner: TIGERA,
    class: 'operator',
  },
  { at: 'annotations', key: 'argocd.argoproj.io/tracking-id', owner: 'argocd', class: 'gitops' },
  // no default of Argo CD, and what many set as its `application.instanceLabelKey`: nobody else sets it
  { at: 'labels', key: 'argocd.argoproj.io/instance', owner: 'argocd', class: 'gitops' },
  { at: 'labels', key: 'kustomize.toolkit.fluxcd.io/name', owner: 'flux', class: 'gitops' },
  { at: 'labels', key: 'helm.toolkit.fluxcd.io/name', owner: 'flux', class: 'gitops' },
  {
    at: 'annotations',
    key: 'configmanagement.gke.io/managed',
    value: 'enabled',
    owner: 'config-sync',
    class: 'gitops',
  },
  { at: 'labels', key: 'kapp.k14s.io/app', owner: 'kapp', class: 'gitops' },
];
const HELM: Mark = { at: 'annotations', key: 'meta.helm.sh/release-name', owner: 'helm', class: 'gitops' };
/** `kpt live apply`, GitLab's agent and others that keep an inventory of what they applied and prune by it. */
const INVENTORY: Mark = {
  at: 'annotations',
  key: 'config.k8s.io/owning-inventory',
  owner: 'cli-utils',
  class: 'applier',
};

/** Annotations may be megabytes long. */
const LONGEST_EVIDENCE = 253;

/** Null: nothing in the metadata says that a tool owns the object. */
export function ownerMarked(metadata: unknown): Marked | null {
  const found = marked(metadata) ?? marked(keptMetadata(metadata), `metadata.annotations.${KEPT}:`);
  return found ?? byOwnerReference(metadata);
}

/** Calico keeps labels and annotations of v3 so in objects of crd.projectcalico.org/v1, which have none of their own then. */
const KEPT = 'projectcalico.org/metadata';

function keptMetadata(metadata: unknown): unknown {
  const kept = textAt(metadata, 'annotations', KEPT);
  if (kept === null) return null;
  try {
    return JSON.parse(kept);
  } catch {
    // anybody may write anything there; what is no metadata says nothing
    return null;
  }
}

/** `where`: before the field, in the evidence. */
function marked(metadata: unknown, where = 'metadata.'): Marked | null {
  const found = byMarks(metadata);
  if (found === null) return null;
  const { field, value } = found.evidence;
  return { ...found, evidence: { field: `${where}${field}`, value } };
}

function byMarks(metadata: unknown): Marked | null {
  for (const mark of marks) {
    const found = byMark(metadata, mark);
    if (found !== null) return found;
  }
  return byObjectSet(metadata) ?? byMark(metadata, HELM) ?? byMark(metadata, INVENTORY);
}

function byMark(metadata: unknown, { at, key, value, owner, class: kind }: Mark): Marked | null {
  const found = textAt(metadata, at, key);
  if (found === null || (value !== undefined && found !== value)) return null;
  return {
    owner,
    class: kind,
    evidence: { field: `${at}.${key}`, value: printable(found, LONGEST_EVIDENCE) },
  };
}

/**
 * Rancher's controllers keep what they apply in object sets, known by their id or by the object that they are made from: the
 * Addon of k3s and RKE2, whose files are applied again and again. Fleet's bundles are object sets without an owner, deployed
 * as Helm releases; `fleet.cattle.io/bundle-id` stands at the release's chart and never at an object.
 */
function byObjectSet(metadata: unknown): Marked | null {
  const field = (key: string) => `annotations.objectset.rio.cattle.io/${key}`;
  const at = (key: string) => textAt(metadata, 'annotations', `objectset.rio.cattle.io/${key}`);
  const type = at('owner-gvk');
  if (type !== null) {
    const kind = /Kind=(.+)$/.exec(type)?.[1] ?? type;
    const owner = printable(`${kind}/${at('owner-name') ?? ''}`, LONGEST_EVIDENCE);
    const from = type.startsWith('fleet.cattle.io/') ? ({ owner: 'fleet', class: 'gitops' } as const) : null;
    return {
      owner: from?.owner ?? owner,
      class: from?.class ?? 'operator',
      evidence: { field: field('owner-gvk'), value: printable(type, LONGEST_EVIDENCE) },
    };
  }
  const id = at('id');
  if (id === null) return null;
  const evidence = { field: field('id'), value: printable(id, LONGEST_EVIDENCE) };
  return byMark(metadata, HELM) === null
    ? { owner: 'rancher', class: 'operator', evidence }
    : { owner: 'fleet', class: 'gitops', evidence };
}

/**
 * An object with a controlling owner is made from that owner: a change belongs there. Many controllers leave `controller` out
 * (Open Cluster Management's AppliedManifestWork does): an owner of a type that Kubernetes does not have itself counts too. A
 * Node or Namespace makes no pools: such a reference says with whom the object is deleted, and no more.
 */
function byOwnerReference(metadata: unknown): Marked | null {
  const references = fieldsOf(metadata)['ownerReferences'];
  if (!Array.isArray(references)) return null;
  const known = references.flatMap((reference) => {
    const { apiVersion, controller, kind, name } = fieldsOf(reference);
    if (typeof kind !== 'string' || typeof name !== 'string') return [];
    const own = typeof apiVersion === 'string' && isCustom(apiVersion);
    return controller === true || own ? [{ controls: controller === true, owner: `${kind}/${name}` }] : [];
  });
  const found = known.find(({ controls }) => controls) ?? known[0];
  if (found === undefined) return null;
  const owner = printable(found.owner, LONGEST_EVIDENCE);
  return { owner, class: 'operator', evidence: { field: 'metadata.ownerReferences', value: owner } };
}

/** Kubernetes' own groups have no dot (`apps/v1`), or end so; its first one has no name at all (`v1`). */
const isCustom = (apiVersion: string): boolean => {
  const [group = '', version] = apiVersion.split('/');
  return version !== undefined && group.includes('.') && !group.endsWith('.k8s.io');
};

function textAt(metadata: unknown, at: Mark['at'], key: string): string | null {
  const value = fieldsOf(fieldsOf(metadata)[at])[key];
  return typeof value === 'string' && value !== '' ? value : null;
}
