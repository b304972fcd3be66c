import type { Connection } from '../kube/connection.ts';
import { list } from '../kube/list.ts';

/** The names of all objects of a type. Rejects with a KubeError. */
export async function namesIn(connection: Connection, path: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { items } = await list(connection, { path, keep: ({ metadata }) => metadata.name, signal });
  return new Set(items);
}
