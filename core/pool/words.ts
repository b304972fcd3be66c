/** The words and the name's form that a pool may have. Apart from spec.ts, so that the agent can check them without zod. */

export const encapsulations = ['Never', 'Always', 'CrossSubnet'] as const;
export const uses = ['Workload', 'Tunnel', 'LoadBalancer'] as const;
export const assignmentModes = ['Automatic', 'Manual'] as const;

/** Kubernetes object name: RFC 1123 subdomain, at most 253 characters. */
export const poolNameForm = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
export const LONGEST_NAME = 253;
export const LONGEST_CIDR = 48;
export const LONGEST_SELECTOR = 1024;
export const MOST_USES = 10;
