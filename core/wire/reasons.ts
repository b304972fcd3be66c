/** The closed lists of states and reason words. Each reason has a line in docs/reasons.md. */

/** A node against the effective state. Stale is decided by whoever knows the clock: no report for three intervals. */
export const nodeStates = ['Programmed', 'Pending', 'Drifted', 'Stale', 'Failed', 'Observed'] as const;
export type NodeState = (typeof nodeStates)[number];

/** Reason words of a node's conditions. */
export const nodeReasons = [
  'AsDesired',
  'WaitingForState',
  'RevisionBehind',
  'RuleMissing',
  'RuleChanged',
  'RuleExtra',
  'JumpMissing',
  'JumpNotLast',
  'JumpDuplicated',
  'SetMissing',
  'SetChanged',
  'MissingSetMember',
  'ExtraSetMember',
  'BothBackendsActive',
  'ForeignRuleFirst',
  'CommandFailed',
  'NoRights',
  'ToolMissing',
  'ServerAway',
  'TokenRefused',
  'StateRefused',
  'NoReport',
  'NoAgent',
  'NodeNotInCluster',
  'TwoAgents',
  'NodeNotReady',
] as const;
export type NodeReason = (typeof nodeReasons)[number];

/** `data.reason` of an API error. */
export const errorReasons = [
  'INVALID_INPUT',
  'POOL_VIOLATIONS',
  'SETTINGS_VIOLATIONS',
  'YAML_UNREADABLE',
  'NAME_TAKEN',
  'VERSION_STALE',
  'CHANGED_SINCE',
  'NOT_FOUND',
  'NOT_SIGNED_IN',
  'API_TOKEN_REFUSED',
  'ROLE_TOO_LOW',
  'SESSION_NEEDED',
  'REASON_REQUIRED',
  'NOTHING_CHANGES',
  'SETUP_CLOSED',
  'LAST_ADMIN',
  'NO_CLUSTER',
  'CLUSTER_AWAY',
  'LAB_OFF',
  'PROBE_FAILED',
  'EMAIL_TAKEN',
  'ORIGIN_REFUSED',
  'AGENT_REFUSED',
  'NODE_NAME_TAKEN',
  'TOO_MANY_ATTEMPTS',
  'NOT_READY',
  'INTERNAL',
] as const;
export type ErrorReason = (typeof errorReasons)[number];
