/** Who may do what on a test server: roles for users, accounts for programs and their tokens. */
import { setTimeout as sleep } from 'node:timers/promises';
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

/** A ClusterRole of this name, bound to the subject. Resolves when the server obeys it, which is within moments, not at once. */
export async function grant(server: Reachable, name: string, subject: Subject, rules: readonly Rule[]): Promise<void> {
  const admin = server.as('admin');
  await must(admin, 'POST', rbac('clusterroles'), { metadata: { name }, rules: [...rules, markOf(name)] });
  await must(admin, 'POST', rbac('clusterrolebindings'), {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [subject],
  });
  await untilMay(server, subject, markIn(name));
}

/** Takes back what `grant` gave under this name. Resolves when the server obeys that. */
export async function revoke(server: Reachable, name: string): Promise<void> {
  const admin = server.as('admin');
  const binding = `${rbac('clusterrolebindings')}/${name}`;
  const { subjects } = (await must(admin, 'GET', binding)) as { subjects: readonly Subject[] };
  await must(admin, 'DELETE', binding);
  await must(admin, 'DELETE', `${rbac('clusterroles')}/${name}`);
  for (const subject of subjects) await untilMay(server, subject, markIn(name), false);
}

/** As a SubjectAccessReview asks for it. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** Roles are in force some moments after they were stored. Throws when that lasts 20 s. */
export async function untilMay(server: Reachable, subject: Subject, right: Right, wanted = true): Promise<void> {
  const user = subject.kind === 'User' ? subject.name : `system:serviceaccount:${subject.namespace}:${subject.name}`;
  const spec = { user, resourceAttributes: right };
  for (const end = Date.now() + 20_000; ; ) {
    const answer = await must(server.as('admin'), 'POST', REVIEWS, { spec });
    if ((answer as { status: { allowed: boolean } }).status.allowed === wanted) return;
    if (Date.now() > end) throw new Error(`${user} must ${wanted ? '' : 'not '}be allowed to ${JSON.stringify(right)}`);
    await sleep(20);
  }
}

/** Of no type that there is: whoever has it has the rest of the role, and nobody has it by another one. */
const markOf = (name: string) => ({
  apiGroups: ['tests.outgate.example'],
  resources: ['grants'],
  resourceNames: [name],
  verbs: ['use'],
});
const markIn = (name: string): Right => ({ verb: 'use', group: 'tests.outgate.example', resource: 'grants', name });

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

const REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const rbac = (plural: string): string => `/apis/rbac.authorization.k8s.io/v1/${plural}`;
