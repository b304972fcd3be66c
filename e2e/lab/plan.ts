/** The lab on paper: which namespaces, which addresses, who routes what. Everything else in this room follows it. */

export interface LabPod {
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  readonly addresses: readonly string[];
}

export interface LabNode {
  readonly name: string;
  readonly namespace: string;
  readonly v4: string;
  readonly v6: string;
  /** what the outside host and the other node route to this node */
  readonly ranges: readonly string[];
}

export interface LabTarget {
  readonly name: string;
  readonly addresses: readonly string[];
}

export interface LabPlan {
  readonly nodes: readonly LabNode[];
  readonly pods: readonly LabPod[];
  readonly outside: {
    readonly namespace: string;
    readonly v4: string;
    readonly v6: string;
    /** addresses on its loopback, by what they stand for */
    readonly targets: readonly LabTarget[];
  };
}

/** `prefix` begins every namespace name; only tests that run beside a started product use another than the default. */
export function labPlan(prefix = 'outgate'): LabPlan {
  const pod = (name: string, node: string, addresses: string[]): LabPod => ({
    name: `pod-${name}`,
    namespace: `${prefix}-pod-${name}`,
    node,
    addresses,
  });
  return {
    nodes: [
      {
        name: 'node-1',
        namespace: `${prefix}-node-1`,
        v4: '192.0.2.11',
        v6: '2001:db8:1::11',
        ranges: ['192.168.1.0/24', '203.0.113.10/32', 'fd00:192:168:1::/64'],
      },
      {
        name: 'node-2',
        namespace: `${prefix}-node-2`,
        v4: '192.0.2.12',
        v6: '2001:db8:1::12',
        ranges: ['192.168.2.0/24', '203.0.113.20/32', 'fd00:192:168:2::/64'],
      },
    ],
    pods: [
      pod('1a', 'node-1', ['192.168.1.10', 'fd00:192:168:1::10']),
      pod('1b', 'node-1', ['203.0.113.10']),
      pod('2a', 'node-2', ['192.168.2.10', 'fd00:192:168:2::10']),
      pod('2b', 'node-2', ['203.0.113.20']),
    ],
    outside: {
      namespace: `${prefix}-outside`,
      v4: '192.0.2.1',
      v6: '2001:db8:1::1',
      targets: [
        { name: 'internet', addresses: ['198.51.100.10', '2001:db8:f::10'] },
        { name: 'own data centre', addresses: ['10.99.0.1'] },
      ],
    },
  };
}

export const namespacesOf = (plan: LabPlan): string[] => [
  plan.outside.namespace,
  ...plan.nodes.map((node) => node.namespace),
  ...plan.pods.map((pod) => pod.namespace),
];

export const isV6 = (address: string): boolean => address.includes(':');

/** A host address as a prefix of full length. */
export const hostPrefix = (address: string): string => `${address}/${isV6(address) ? 128 : 32}`;
