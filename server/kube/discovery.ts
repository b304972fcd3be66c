/** Which types the cluster knows. */
import type { Connection } from './connection.ts';
import { KubeError } from './kube-error.ts';

/** `leaving`: it is being deleted with all its objects; they are taken away one by one while the type is still served. */
export type TypePresence = 'served' | 'leaving' | 'absent';

/** `path` of a type: `/apis/projectcalico.org/v3/ippools`. Rejects with a KubeError when the server cannot say. */
export async function presenceOf(connection: Connection, path: string, signal?: AbortSignal): Promise<TypePresence> {
  if (builtIn.test(path)) return 'served';
  const [, group = '', plural = ''] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
  try {
    const { body } = await connection.call({ method: 'GET', path: group, ...(signal ? { signal } : {}) });
    const { resources } = body as { resources?: readonly { name?: unknown; verbs?: unknown }[] };
    const found = resources?.find(({ name }) => name === plural);
    if (found === undefined) return 'absent';
    // a type that is being deleted takes no new objects, and says so here before its objects go
    return Array.isArray(found.verbs) && !found.verbs.includes('create') ? 'leaving' : 'served';
  } catch (error) {
    if (error instanceof KubeError && error.kind === 'no-such-type') return 'absent';
    throw error;
  }
}

/** Types of the API server itself: nobody can delete them, so a deletion among them means what it says. */
const builtIn = /^\/(api\/v1|apis\/discovery\.k8s\.io\/v1)\//;
