/** Pods of agents as a DaemonSet would make them, where no controller and no kubelet is: an object bound to a node. */
import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { must } from './request.ts';
import type { Reachable } from './start-api-server.ts';

export interface AgentAccount {
  readonly namespace: string;
  readonly name: string;
}

export interface Pod {
  readonly name: string;
  readonly uid: string;
}

/** The object for `kubectl apply`; without a node it waits to be bound. */
export const podObject = ({ namespace, name }: AgentAccount, pod: string, node?: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: pod, namespace },
  spec: {
    ...(node === undefined ? {} : { nodeName: node }),
    serviceAccountName: name,
    hostNetwork: true,
    containers: [{ name: 'agent', image: 'outgate-agent' }],
  },
});

export async function createPod(server: Reachable, account: AgentAccount, name: string, node?: string): Promise<Pod> {
  const path = `/api/v1/namespaces/${account.namespace}/pods`;
  const made = await must(server.as('admin'), 'POST', path, podObject(account, name, node));
  return { name, uid: (made as { metadata: { uid: string } }).metadata.uid };
}

/** At once: nobody is there to end it in order. */
export const deletePod = (server: Reachable, { namespace }: AgentAccount, name: string): Promise<unknown> =>
  must(server.as('admin'), 'DELETE', `/api/v1/namespaces/${namespace}/pods/${name}?gracePeriodSeconds=0`);

/**
 * The same token with other claims, signed by the test server's own key: so that one expires in seconds, where the API gives none
 * for less than ten minutes. `key`: another key, as a forger has it.
 */
export function withClaims(server: Pick<Reachable, 'caFile'>, token: string, claims: object, key?: string): string {
  const [header = '', body = ''] = token.split('.');
  const all = { ...(JSON.parse(Buffer.from(body, 'base64url').toString()) as object), ...claims };
  const text = `${header}.${Buffer.from(JSON.stringify(all)).toString('base64url')}`;
  const pem = key ?? readFileSync(join(dirname(server.caFile), '../sa.key'), 'utf8');
  const signature = sign('sha256', Buffer.from(text), { key: createPrivateKey(pem), dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}
