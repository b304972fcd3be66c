/** A manager's applies are no longer known as its own: the object and all its values stay, and so do the claims of others. */
import { fieldsOf } from '../../core/calico/object.ts';
import type { Connection } from './connection.ts';
import { failure, KubeError } from './kube-error.ts';
import { type KubeObject, readObject } from './object.ts';

export interface DisownOptions {
  readonly path: string;
  /** whose applies */
  readonly manager: string;
  /** in whose name it is done; it stays, with no field of the spec, where nobody else is named */
  readonly by: string;
  /** of the manager, and of no use without it: it goes */
  readonly annotation: string;
  /** as it was read, and only as it is */
  readonly object: KubeObject;
  readonly signal?: AbortSignal;
}

/**
 * Rejects with a KubeError: `stale` when the object has changed since it was read. An object on which nobody is named counts as
 * written whole by `before-first-apply`, with whom the next apply would be in conflict: so somebody stays named.
 */
export async function disown(connection: Connection, options: DisownOptions): Promise<KubeObject> {
  const { path, manager, by, annotation, object, signal } = options;
  const { name, uid, resourceVersion, managedFields } = object.metadata;
  const entries = Array.isArray(managedFields) ? managedFields.map(fieldsOf) : [];
  const isTheirs = (entry: Record<string, unknown>): boolean =>
    entry['manager'] === manager && entry['operation'] === 'Apply';
  const [first] = entries.filter(isTheirs);
  if (first === undefined) return object;
  const others = entries.filter((entry) => !isTheirs(entry));
  const marks = annotation in fieldsOf(object.metadata['annotations']) ? { annotations: { [annotation]: null } } : {};
  const nobody = { ...first, manager: by, operation: 'Update', fieldsV1: { 'f:metadata': {} } };
  const { body } = await connection.call({
    method: 'PATCH',
    path: `${path}/${encodeURIComponent(name)}?${new URLSearchParams({ fieldManager: by })}`,
    type: 'application/merge-patch+json',
    body: { metadata: { uid, resourceVersion, managedFields: others.length === 0 ? [nobody] : others, ...marks } },
    ...(signal ? { signal } : {}),
  });
  const read = readObject(body);
  if (read === null) throw new KubeError(`PATCH ${path}`, failure('garbled', 'the answer must be the object'));
  return read;
}
