/** Sends a real connection from a pod and says which source the other end saw. */

import net from 'node:net';
import { fileURLToPath } from 'node:url';
import type { LabPlan } from './plan.ts';
import { tryRun } from './run.ts';

const SENDER = fileURLToPath(new URL('./send-probe.ts', import.meta.url));

export interface ProbeRequest {
  readonly from: string;
  readonly to: string;
  readonly proto: 'tcp' | 'udp';
}
export type ProbeResult = { source: { address: string; port: number } } | { error: string };

/** Reads the body of `POST /probe`; all that is wrong comes at once, one message a field. */
export function readProbe(
  plan: LabPlan,
  body: unknown,
): ProbeRequest | { errors: { field: string; message: string }[] } {
  const {
    from,
    to,
    proto = 'tcp',
  } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const errors: { field: string; message: string }[] = [];
  const pods = plan.pods.map((pod) => pod.name);
  if (typeof from !== 'string' || !pods.includes(from)) {
    errors.push({ field: 'from', message: `from must be one of ${pods.join(', ')}, not ${JSON.stringify(from)}` });
  }
  const known = answering(plan);
  if (typeof to !== 'string' || !known.includes(to)) {
    errors.push({
      field: 'to',
      message: `to must be an address that answers in the lab (${known.join(', ')}), not ${JSON.stringify(to)}`,
    });
  }
  if (proto !== 'tcp' && proto !== 'udp') {
    errors.push({ field: 'proto', message: `proto must be tcp or udp, not ${JSON.stringify(proto)}` });
  }
  return errors.length > 0 ? { errors } : ({ from, to, proto } as ProbeRequest);
}

/** Every address with port 7 open: the outside host's and the pods'. */
export const answering = (plan: LabPlan): string[] => [
  ...plan.outside.targets.flatMap((target) => target.addresses),
  plan.outside.v4,
  plan.outside.v6,
  ...plan.pods.flatMap((pod) => pod.addresses),
];

export async function sendProbe(plan: LabPlan, probe: ProbeRequest): Promise<ProbeResult> {
  const pod = plan.pods.find((one) => one.name === probe.from);
  if (pod === undefined) return { error: `there is no ${probe.from}` };
  if (!pod.addresses.some((address) => net.isIPv6(address) === net.isIPv6(probe.to))) {
    return { error: `${pod.name} has no IPv${net.isIPv6(probe.to) ? 6 : 4} address` };
  }
  const inPod = ['netns', 'exec', pod.namespace, process.execPath, SENDER, probe.proto, probe.to];
  const { code, stdout, stderr } = await tryRun('ip', inPod);
  const [address, port] = stdout.trim().split(' ');
  if (code === 0 && address && port) return { source: { address, port: Number(port) } };
  return { error: stderr.trim() || 'the connection was closed without an answer' };
}
