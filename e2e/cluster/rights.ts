/** Who may do what on a test server: roles for users, accounts for programs and their tokens. */
import { must } from './request.ts';
import type { Reachable } from './start-api-server.ts';

/** As in a ClusterRole. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export type Subject =
  | { readonly kind: 'User'; readonly name: string }
  | { readonly kind: 'ServiceAccount'; readonly name: string; readonly namespace: string };

/** A ClusterRole of this name, bound to the subject. The server obeys it within moments, not at once. */
export async function grant(server: Reachable, name: string, subject: Subject, rules: readonly Rule[]): Promise<void> {
  const admin = server.as('admin');
  await must(admin, 'POST', rbac('clusterroles'), { metadata: { name }, rules });
  await must(admin, 'POST', rbac('clusterrolebindings'), {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [subject],
  });
}

/** Takes back what `grant` gave under this name. */
export async function revoke(server: Reachable, name: string): Promise<void> {
  await must(server.as('admin'), 'DELETE', `${rbac('clusterrolebindings')}/${name}`);
  await must(server.as('admin'), 'DELETE', `${rbac('clusterroles')}/${name}`);
}

/** Makes the account, and its namespace when that is absent. */
export async function createServiceAccount(server: Reachable, namespace: string, name: string): Promise<void> {
  const admin = server.as('admin');
  const existing = (await must(admin, 'GET', '/api/v1/namespaces')) as { items: { metadata: { name: string } }[] };
  if (!existing.items.some(({ metadata }) => metadata.name === namespace)) {
    await must(admin, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  }
  await must(admin, 'POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
}

/**
 * A token of that account, as the kubelet gets it for a projected volume. `pod` binds it to a pod by name and uid; at least
 * 600 s. Throws when the server refuses.
 */
export async function requestToken(
  server: Reachable,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  spec: {
    readonly audiences?: readonly string[];
    readonly expirationSeconds?: number;
    readonly pod?: { readonly name: string; readonly uid: string };
  } = {},
): Promise<string> {
  const { pod, ...rest } = spec;
  const boundObjectRef = pod === undefined ? {} : { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', ...pod } };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const answer = await must(server.as('admin'), 'POST', path, { spec: { ...rest, ...boundObjectRef } });
  return (answer as { status: { token: string } }).status.token;
}

const rbac = (plural: string): string => `/apis/rbac.authorization.k8s.io/v1/${plural}`;
