/**
 * Every right that the server uses in a cluster, and no other. From this table come the review on the Cluster page, the roles
 * of the chart and those of the cluster tests: a call that needs a right which is not here fails in the tests as it would fail
 * in a cluster. What any account may ask (discovery, schemas, reviews of itself) needs none.
 */
import type { Right } from './rights.ts';

export interface NeededRight {
  /** empty for the core group; `CALICO`: the group that serves Calico's types, whichever that is */
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** on objects of these names alone; absent: on all. RBAC can bind every verb to names but `create`, `list` and `watch`. */
  readonly names?: readonly string[];
  /** `own`: in the namespace that the server runs in */
  readonly where: 'cluster' | 'own';
  /** needed only where agents sign in by service-account tokens */
  readonly agents?: true;
}

const CALICO = 'calico';

/** Both groups that Calico's types may be served by; the newer first. */
export const CALICO_GROUPS = ['projectcalico.org', 'crd.projectcalico.org'] as const;

/** The lease by which servers agree on one that leads. */
export const LEASE_NAME = 'outgate-controller';

const FOLLOW = ['list', 'watch'] as const;

export const NEEDED_RIGHTS: readonly NeededRight[] = [
  { group: CALICO, resource: 'ippools', verbs: [...FOLLOW, 'patch', 'create', 'delete'], where: 'cluster' },
  { group: CALICO, resource: 'felixconfigurations', verbs: [...FOLLOW, 'patch', 'create'], where: 'cluster' },
  { group: CALICO, resource: 'ipamblocks', verbs: ['list'], where: 'cluster' },
  { group: '', resource: 'nodes', verbs: FOLLOW, where: 'cluster' },
  // names in questions; without these the simulator takes addresses alone
  { group: '', resource: 'pods', verbs: FOLLOW, where: 'cluster' },
  { group: '', resource: 'services', verbs: FOLLOW, where: 'cluster' },
  { group: 'discovery.k8s.io', resource: 'endpointslices', verbs: FOLLOW, where: 'cluster' },
  { group: 'authentication.k8s.io', resource: 'tokenreviews', verbs: ['create'], where: 'cluster', agents: true },
  { group: 'coordination.k8s.io', resource: 'leases', verbs: ['create'], where: 'own' },
  { group: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'update'], names: [LEASE_NAME], where: 'own' },
];

/**
 * One by one, for a cluster whose pools are served by `group` and a server that runs in `namespace`; `agents`: they sign in
 * by service-account tokens.
 */
export const rightsToReview = (group: string, namespace: string, { agents }: { agents: boolean }): Right[] =>
  NEEDED_RIGHTS.filter((right) => agents || right.agents !== true).flatMap((right) =>
    right.verbs.flatMap((verb) =>
      (right.names ?? [undefined]).map((name) => ({
        verb,
        resource: right.resource,
        group: right.group === CALICO ? group : right.group,
        ...(right.where === 'own' ? { namespace } : {}),
        ...(name === undefined ? {} : { name }),
      })),
    ),
  );

/** As in a ClusterRole or Role. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * The rules of the role for `where`; Calico's types in each of `calicoGroups`. `agents`: those alone that are needed only
 * where agents sign in by service-account tokens, or all but those.
 */
export const policyRules = (
  where: NeededRight['where'],
  { calicoGroups = CALICO_GROUPS, agents }: { calicoGroups?: readonly string[]; agents?: boolean } = {},
): PolicyRule[] =>
  NEEDED_RIGHTS.filter(
    (right) => right.where === where && (agents === undefined || agents === (right.agents ?? false)),
  ).map(({ group, resource, names, verbs }) => ({
    apiGroups: group === CALICO ? calicoGroups : [group],
    resources: [resource],
    ...(names === undefined ? {} : { resourceNames: names }),
    verbs,
  }));
