/** Moves an object and changes nothing of it: what was sent to it as it was, and is carried out late, is refused. */
import { fieldsOf } from '../../core/calico/object.ts';
import type { Connection } from './connection.ts';
import type { KubeObject } from './object.ts';
import { apply } from './write.ts';

export interface HoldOffOptions {
  /** of the type */
  readonly path: string;
  readonly kind: string;
  /** of our applies, which hold the annotation too: the next one takes it away */
  readonly manager: string;
  readonly annotation: string;
  /** as it was read, and only as it is */
  readonly object: KubeObject;
}

/**
 * An apply of what the manager holds, as it stands there: nobody is in conflict with it, and nothing else of the object changes. Null:
 * the manager holds nothing. Rejects with a KubeError: `stale` when the object has changed since it was read.
 */
export async function holdOff(connection: Connection, options: HoldOffOptions): Promise<KubeObject | null> {
  const { path, kind, manager, annotation, object } = options;
  const { name, uid, resourceVersion, managedFields } = object.metadata;
  const entries = Array.isArray(managedFields) ? managedFields.map(fieldsOf) : [];
  const own = entries.find((entry) => entry['manager'] === manager && entry['operation'] === 'Apply');
  if (own === undefined) return null;
  const held = fieldsOf(heldIn(object, fieldsOf(own['fieldsV1'])));
  const marks = fieldsOf(held['metadata']);
  // another value each time: else it would not move again
  const annotations = { ...fieldsOf(marks['annotations']), [annotation]: resourceVersion };
  const metadata = { ...marks, name, uid, resourceVersion, annotations };
  const body = { ...held, apiVersion: own['apiVersion'], kind, metadata };
  return (await apply(connection, { path, manager, object: body })).object;
}

/**
 * The part of a value that a fieldsV1 claims (structured-merge-diff: `f:` a field, `v:` an item of a set, `.` the thing itself; without
 * any it is claimed whole).
 */
function heldIn(value: unknown, claimed: Record<string, unknown>): unknown {
  const keys = Object.keys(claimed);
  if (keys.length === 0) return value;
  if (Array.isArray(value)) return value.filter((item) => `v:${JSON.stringify(item)}` in claimed);
  const of = fieldsOf(value);
  const fields = keys.filter((key) => key.startsWith('f:')).map((key) => [key, key.slice('f:'.length)] as const);
  const there = fields.filter(([, field]) => field in of);
  return Object.fromEntries(there.map(([key, field]) => [field, heldIn(of[field], fieldsOf(claimed[key]))]));
}
