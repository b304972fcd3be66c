/** Who decides what a pool of the cluster says, told from marks first: anybody may choose a manager's name. */
import { fieldsOf } from '../calico/object.ts';
import { printable } from '../net/quote.ts';
import { type FieldClaim, OUR_MANAGER, ourClaim, specClaims } from './managed-fields.ts';

/**
 * `managed`: ours. `hand`: people and scripts; may be adopted. `gitops`, `operator`, `applier` (another manager that
 * applies, with its own source somewhere): foreign, read-only.
 */
export type OwnerClass = 'managed' | 'hand' | 'gitops' | 'operator' | 'applier';

export interface Ownership {
  readonly owner: string;
  readonly class: OwnerClass;
  /** other managers that claim fields which we claim */
  readonly shared: readonly string[];
  /** what the class was told from, as a field and its value */
  readonly evidence: { readonly field: string; readonly value: string } | null;
}

interface Mark {
  readonly at: 'labels' | 'annotations';
  readonly key: string;
  /** undefined: any value */
  readonly value?: string;
  readonly owner: string;
  readonly class: OwnerClass;
}

// the order decides: a chart rendered by Argo CD carries Helm's label too
const marks: readonly Mark[] = [
  {
    at: 'labels',
    key: 'app.kubernetes.io/managed-by',
    value: 'tigera-operator',
    owner: 'tigera-operator',
    class: 'operator',
  },
  { at: 'annotations', key: 'argocd.argoproj.io/tracking-id', owner: 'argocd', class: 'gitops' },
  { at: 'labels', key: 'kustomize.toolkit.fluxcd.io/name', owner: 'flux', class: 'gitops' },
  { at: 'labels', key: 'helm.toolkit.fluxcd.io/name', owner: 'flux', class: 'gitops' },
  { at: 'annotations', key: 'meta.helm.sh/release-name', owner: 'helm', class: 'gitops' },
];

/**
 * Tools that leave no mark of their own on an object: Argo CD before 3.0 tracks by `app.kubernetes.io/instance`, which
 * many others set too. Who claims the cidr under such a name says that it has a source somewhere.
 */
const tools: Readonly<Record<string, string>> = {
  'argocd-controller': 'argocd',
  'argocd-application-controller': 'argocd',
  'kustomize-controller': 'flux',
  'helm-controller': 'flux',
  helm: 'helm',
};

/** annotations may be megabytes long */
const LONGEST_EVIDENCE = 253;

export function ownershipOf(metadata: unknown): Ownership {
  const claims = specClaims(metadata);
  const marked = byMark(metadata) ?? byOwnerReference(metadata);
  if (marked !== null) return { ...marked, shared: [] };
  const tool = claims.find(({ manager, fields }) => fields.includes('cidr') && Object.hasOwn(tools, manager));
  if (tool !== undefined) {
    return { owner: tools[tool.manager] ?? tool.manager, class: 'gitops', shared: [], evidence: claimed(tool) };
  }
  const ours = ourClaim(claims);
  const applier = claims.find(
    ({ manager, operation }) => operation === 'Apply' && manager !== OUR_MANAGER && !isKubectl(manager),
  );
  if (applier !== undefined) {
    return { owner: applier.manager, class: 'applier', shared: [], evidence: claimed(applier) };
  }
  if (ours?.fields.includes('cidr')) {
    return { owner: OUR_MANAGER, class: 'managed', shared: sharing(claims, ours), evidence: claimed(ours) };
  }
  const writer = claims.find(({ fields }) => fields.includes('cidr')) ?? claims[0];
  const owner = writer === undefined ? 'unknown' : isKubectl(writer.manager) ? 'kubectl' : writer.manager;
  return { owner, class: 'hand', shared: [], evidence: writer === undefined ? null : claimed(writer) };
}

function byMark(metadata: unknown): Omit<Ownership, 'shared'> | null {
  for (const mark of marks) {
    const value = fieldsOf(fieldsOf(metadata)[mark.at])[mark.key];
    if (typeof value !== 'string' || (mark.value !== undefined && value !== mark.value)) continue;
    const evidence = { field: `metadata.${mark.at}.${mark.key}`, value: printable(value, LONGEST_EVIDENCE) };
    return { owner: mark.owner, class: mark.class, evidence };
  }
  return null;
}

/** An object with a controlling owner is made from that owner: a change belongs there. */
function byOwnerReference(metadata: unknown): Omit<Ownership, 'shared'> | null {
  const references = fieldsOf(metadata)['ownerReferences'];
  if (!Array.isArray(references)) return null;
  for (const reference of references) {
    const { controller, kind, name } = fieldsOf(reference);
    if (controller !== true || typeof kind !== 'string' || typeof name !== 'string') continue;
    const owner = printable(`${kind}/${name}`, LONGEST_EVIDENCE);
    return { owner, class: 'operator', evidence: { field: 'metadata.ownerReferences', value: owner } };
  }
  return null;
}

/** kubectl writes as `kubectl`, `kubectl-edit`, `kubectl-client-side-apply` and so on. */
const isKubectl = (manager: string): boolean => manager === 'kubectl' || manager.startsWith('kubectl-');

const sharing = (claims: readonly FieldClaim[], ours: FieldClaim): string[] => [
  ...new Set(
    claims.flatMap((claim) =>
      claim !== ours && claim.fields.some((field) => ours.fields.includes(field)) ? [claim.manager] : [],
    ),
  ),
];

const claimed = ({ manager, operation }: FieldClaim): { field: string; value: string } => ({
  field: 'metadata.managedFields',
  value: `${manager}/${operation}`,
});
