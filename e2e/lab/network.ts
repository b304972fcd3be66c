/**
 * Makes and removes the lab's network.
 *
 * The outside host holds a bridge to which both nodes are plugged; it is a namespace of its own, without a single rule,
 * so bridged frames meet no filter. Pods hang on their node as with Calico: a veth without an address on the node's side,
 * a route to the pod's address, and in the pod a default route to a link-local gateway. So the nodes have exactly the
 * addresses that the plan names, which is what masquerading picks from.
 */
import { hostPrefix, isV6, type LabNode, type LabPlan, type LabPod, namespacesOf } from './plan.ts';
import { run, tryRun } from './run.ts';

const UPLINK = 'up0';
const BRIDGE = 'br0';
const GATEWAY_MAC = 'ee:ee:ee:ee:ee:ee';
const GATEWAY_V4 = '169.254.1.1';
const GATEWAY_V6 = 'fe80::1';

/** Takes away what an earlier run left, then makes every namespace, link, address and route of the plan. */
export async function makeNetwork(plan: LabPlan): Promise<void> {
  await removeNetwork(plan);
  for (const namespace of namespacesOf(plan)) {
    await run('ip', ['netns', 'add', namespace]);
    await configureKernel(namespace);
  }
  await ipBatch(plan.outside.namespace, outsideLinks(plan));
  for (const node of plan.nodes) await ipBatch(node.namespace, nodeLinks(plan, node));
  for (const pod of plan.pods) await ipBatch(nodeOf(plan, pod).namespace, podLink(pod));
  for (const pod of plan.pods) await ipBatch(pod.namespace, podAddresses(pod));
  await ipBatch(plan.outside.namespace, outsideRoutes(plan));
}

/** Removes the plan's namespaces, those of a killed run too, and ends what still runs in them. Missing ones are fine. */
export async function removeNetwork(plan: LabPlan): Promise<void> {
  const present = new Set(await listNamespaces());
  for (const namespace of namespacesOf(plan)) {
    if (!present.has(namespace)) continue;
    // a process inside would keep the namespace alive after its name is gone
    const pids = await tryRun('ip', ['netns', 'pids', namespace]);
    for (const pid of pids.stdout.split('\n').filter(Boolean)) kill(Number(pid));
    await tryRun('ip', ['netns', 'delete', namespace]);
  }
}

export async function listNamespaces(): Promise<string[]> {
  const listed = await tryRun('ip', ['netns', 'list']);
  return listed.stdout
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter(Boolean);
}

const nodeOf = (plan: LabPlan, pod: LabPod): LabNode => {
  const node = plan.nodes.find((one) => one.name === pod.node);
  if (node === undefined) throw new Error(`${pod.name} stands on ${pod.node}, which the plan does not have`);
  return node;
};

/** Forwarding on, reverse-path filter off, and IPv6 addresses usable at once (no duplicate address detection). */
async function configureKernel(namespace: string): Promise<void> {
  await writeKernel(namespace, '1', ['ipv4/ip_forward', 'ipv6/conf/all/forwarding', 'ipv6/conf/default/forwarding']);
  await writeKernel(namespace, '0', [
    'ipv4/conf/all/rp_filter',
    'ipv4/conf/default/rp_filter',
    'ipv4/conf/all/send_redirects',
    'ipv4/conf/default/send_redirects',
    'ipv6/conf/all/accept_dad',
    'ipv6/conf/default/accept_dad',
    'ipv6/conf/default/accept_ra',
    'ipv6/conf/default/router_solicitations',
  ]);
  // present only where the bridge netfilter module is loaded; then it would pass bridged frames through the rules
  await tryRun(
    'ip',
    [
      'netns',
      'exec',
      namespace,
      'tee',
      ...kernelFiles(['bridge/bridge-nf-call-iptables', 'bridge/bridge-nf-call-ip6tables']),
    ],
    '0',
  );
  await run('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
}

const kernelFiles = (names: readonly string[]): string[] => names.map((name) => `/proc/sys/net/${name}`);

async function writeKernel(namespace: string, value: string, names: readonly string[]): Promise<void> {
  await run('ip', ['netns', 'exec', namespace, 'tee', ...kernelFiles(names)], value);
}

async function ipBatch(namespace: string, lines: readonly string[]): Promise<void> {
  await run('ip', ['-n', namespace, '-batch', '-'], `${lines.join('\n')}\n`);
}

const outsideLinks = (plan: LabPlan): string[] => [
  `link add ${BRIDGE} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
  `address add ${plan.outside.v4}/24 dev ${BRIDGE}`,
  `address add ${plan.outside.v6}/64 dev ${BRIDGE} nodad`,
  `link set ${BRIDGE} up`,
  ...plan.outside.targets.flatMap((target) =>
    target.addresses.map((address) => `address add ${hostPrefix(address)} dev lo${isV6(address) ? ' nodad' : ''}`),
  ),
];

const nodeLinks = (plan: LabPlan, node: LabNode): string[] => [
  `link add ${UPLINK} type veth peer name ${node.name} netns ${plan.outside.namespace}`,
  `address add ${node.v4}/24 dev ${UPLINK}`,
  `address add ${node.v6}/64 dev ${UPLINK} nodad`,
  `link set ${UPLINK} up`,
  `route add default via ${plan.outside.v4} dev ${UPLINK}`,
  `route add ::/0 via ${plan.outside.v6} dev ${UPLINK}`,
  ...plan.nodes.filter((other) => other !== node).flatMap((other) => routesTo(other, UPLINK)),
];

const podLink = (pod: LabPod): string[] => [
  `link add ${pod.name} address ${GATEWAY_MAC} type veth peer name eth0 netns ${pod.namespace}`,
  `link set ${pod.name} up`,
  `address add ${GATEWAY_V6}/64 dev ${pod.name} nodad`,
  ...pod.addresses.map((address) => `route add ${hostPrefix(address)} dev ${pod.name}`),
];

const podAddresses = (pod: LabPod): string[] => [
  ...pod.addresses.map((address) => `address add ${hostPrefix(address)} dev eth0${isV6(address) ? ' nodad' : ''}`),
  'link set eth0 up',
  `neighbour add ${GATEWAY_V4} lladdr ${GATEWAY_MAC} dev eth0 nud permanent`,
  `route add ${GATEWAY_V4}/32 dev eth0 scope link`,
  `route add default via ${GATEWAY_V4} dev eth0`,
  ...(pod.addresses.some(isV6)
    ? [
        `neighbour add ${GATEWAY_V6} lladdr ${GATEWAY_MAC} dev eth0 nud permanent`,
        `route add ::/0 via ${GATEWAY_V6} dev eth0`,
      ]
    : []),
];

const outsideRoutes = (plan: LabPlan): string[] => [
  ...plan.nodes.flatMap((node) => [`link set ${node.name} master ${BRIDGE}`, `link set ${node.name} up`]),
  ...plan.nodes.flatMap((node) => routesTo(node, BRIDGE)),
];

const routesTo = (node: LabNode, device: string): string[] =>
  node.ranges.map((range) => `route add ${range} via ${isV6(range) ? node.v6 : node.v4} dev ${device}`);

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself meanwhile
  }
}
