/** The two manifests of Calico's own documentation, as they stand there: a pool that is NATed and an exemption. */
export const documented = [
  {
    name: 'default-ipv4-ippool',
    title: 'A pool whose traffic is NATed',
    effect: 'Pods get addresses from 192.168.0.0/16. What they send out of all pools leaves with the node’s address.',
    yaml: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: default-ipv4-ippool
spec:
  cidr: 192.168.0.0/16
  natOutgoing: true
`,
  },
  {
    name: 'no-nat-10.0.0.0-8',
    title: 'An exemption for the data centre',
    effect: 'No pod gets an address from 10.0.0.0/8. What pods of any pool send there keeps the pod’s address.',
    yaml: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: no-nat-10.0.0.0-8
spec:
  cidr: 10.0.0.0/8
  disabled: true
`,
  },
] as const;
