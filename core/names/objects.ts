/** Pods, services, their endpoints and nodes as far as a question needs them: as little as can be held of each. */
import type { Family } from '../net/address.ts';

export interface NamedPod {
  readonly namespace: string;
  readonly name: string;
  /** null: not scheduled */
  readonly node: string | null;
  /** canonical; of a pod on the host's network they are its node's; empty: it has none yet */
  readonly addresses: readonly string[];
  readonly hostNetwork: boolean;
}

export interface NamedNode {
  readonly name: string;
  /** InternalIP and ExternalIP, canonical, in the order of the object: a pod on the host's network has the first of its family */
  readonly addresses: readonly string[];
  /** other names that its status gives it (Hostname, InternalDNS, ExternalDNS) */
  readonly hostNames: readonly string[];
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  /** tcp, udp, sctp */
  readonly protocol: string;
  /** 0: none */
  readonly nodePort: number;
}

export type TrafficPolicy = 'Cluster' | 'Local';

export interface NamedService {
  readonly namespace: string;
  readonly name: string;
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** empty: headless, or an ExternalName */
  readonly clusterIps: readonly string[];
  /** external IPs, and those of load balancers that kube-proxy takes for its own */
  readonly externalIps: readonly string[];
  /** what a load balancer is called where it has no address; for ExternalName the name that it stands for */
  readonly hostNames: readonly string[];
  readonly ports: readonly ServicePort[];
  readonly internalPolicy: TrafficPolicy;
  readonly externalPolicy: TrafficPolicy;
}

/** One EndpointSlice. */
export interface ServiceSlice {
  readonly namespace: string;
  readonly service: string;
  /** null: names, which kube-proxy leaves out */
  readonly family: Family | null;
  /** `port` null: every port */
  readonly ports: readonly { readonly name: string; readonly port: number | null; readonly protocol: string }[];
  readonly endpoints: readonly ServiceEndpoint[];
}

export interface ServiceEndpoint {
  readonly address: string;
  /** in its slice's namespace; null: no pod, or not said */
  readonly pod: string | null;
  readonly node: string | null;
  /** takes new connections */
  readonly ready: boolean;
  /** `false` and not ready: kube-proxy never uses it */
  readonly servesWhileEnding: boolean;
}

export const serviceKey = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `${namespace}/${name}`;

export const isHeadless = ({ type, clusterIps }: NamedService): boolean =>
  type !== 'ExternalName' && clusterIps.length === 0;
