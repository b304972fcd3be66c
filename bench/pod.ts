/** A server that finds what a pod finds: where the API server is, and its token, in a mount namespace of its own. */
import type { ApiServer } from '../e2e/cluster/start-api-server.ts';

const MOUNT = '/run/secrets/kubernetes.io/serviceaccount';

export interface Pod {
  readonly variables: Readonly<Record<string, string>>;
  /** for `startServerProcess` */
  readonly within: readonly string[];
}

/** Needs root. */
export function podOf(cluster: ApiServer, user: string, namespace: string): Pod {
  const { token, url } = cluster.as(user);
  const { hostname, port } = new URL(url);
  const script = [
    'mount -t tmpfs tmpfs /run',
    `mkdir -p ${MOUNT}`,
    `cp "$1" ${MOUNT}/ca.crt`,
    `printf %s "$2" > ${MOUNT}/token`,
    `printf %s "$3" > ${MOUNT}/namespace`,
    'shift 3',
    'exec "$@"',
  ].join(' && ');
  return {
    variables: { OUTGATE_CLUSTER: 'in-cluster', KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
    within: ['unshare', '--mount', 'sh', '-c', script, 'sh', cluster.caFile, token, namespace],
  };
}
