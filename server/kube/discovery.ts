/** Which types the cluster knows. */
import type { Connection } from './connection.ts';
import { KubeError } from './kube-error.ts';

/** `leaving`: it is being deleted with all its objects; they are taken away one by one while the type is still served. */
export type TypePresence = 'served' | 'leaving' | 'absent';

/** `path` of a type: `/apis/projectcalico.org/v3/ippools`. Rejects with a KubeError when the server cannot say. */
export async function presenceOf(connection: Connection, path: string, signal?: AbortSignal): Promise<TypePresence> {
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
