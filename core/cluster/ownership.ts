/** Who decides what a pool of the cluster says, told from marks first: anybody may choose a manager's name. */
import { type FieldClaim, OUR_MANAGER, ourClaim, specClaims } from './managed-fields.ts';
import { ownerMarked } from './owner-marks.ts';

/**
 * `managed`: ours. `hand`: people and scripts; may be adopted. `gitops`, `operator`, `applier` (another manager that
 * applies, with its own source somewhere, where we apply nothing): foreign, read-only.
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

export function ownershipOf(metadata: unknown): Ownership {
  // who claims the spec alone, and nothing in it, decides nothing there
  const claims = specClaims(metadata).filter(({ fields }) => fields.length > 0);
  const marked = ownerMarked(metadata);
  if (marked !== null) return { ...marked, shared: [] };
  const tool = claims.find(({ manager, fields }) => fields.includes('cidr') && Object.hasOwn(tools, manager));
  if (tool !== undefined) {
    return { owner: tools[tool.manager] ?? tool.manager, class: 'gitops', shared: [], evidence: claimed(tool) };
  }
  const ours = ourClaim(claims);
  if (ours?.fields.includes('cidr')) {
    return { owner: OUR_MANAGER, class: 'managed', shared: sharing(claims, ours), evidence: claimed(ours) };
  }
  const applier = claims.find(isApplier);
  // a pool that we apply was made or adopted here: who applies some of it later, under whatever name, does not take it away
  if (applier !== undefined && ours === undefined) {
    return { owner: applier.manager, class: 'applier', shared: [], evidence: claimed(applier) };
  }
  const writer = claims.find(({ fields }) => fields.includes('cidr')) ?? claims[0];
  const owner = writer === undefined ? 'unknown' : isKubectl(writer.manager) ? 'kubectl' : writer.manager;
  return { owner, class: 'hand', shared: [], evidence: writer === undefined ? null : claimed(writer) };
}

/** Who owns the pool, and not we; null: nobody. */
export const ownerElsewhere = ({ owner, class: is }: Ownership): string | null =>
  is === 'managed' || is === 'hand' ? null : owner;

/** Another manager that applies, and has its own source somewhere. */
export const isApplier = ({ manager, operation }: FieldClaim): boolean =>
  operation === 'Apply' && manager !== OUR_MANAGER && !isKubectl(manager);

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
